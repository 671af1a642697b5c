bell
ring
stat -c "%a %u" /srv/bell
