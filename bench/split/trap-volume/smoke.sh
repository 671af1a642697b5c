seed
stat -c "%n %a %U" /var/lib/seed /var/lib/seed/*
