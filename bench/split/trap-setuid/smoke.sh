where-am-i
id -un
stat -c "%a %U" /usr/local/libexec/read-rack
