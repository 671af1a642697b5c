/app/now
cat /etc/timezone
