stat -c "%n %a %U:%G" /var/box /var/box/*
box /var/box
