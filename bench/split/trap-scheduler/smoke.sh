/usr/local/sbin/ticker /etc/jobs.tab
