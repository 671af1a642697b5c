relayd --once
stat -c '%n %a %U' /etc/relayd.conf /var/lib/relayd /var/lib/relayd/version
