lua5.4 crawl.lua
lua5.4 crawl.lua --check && echo healthy
id -un; pwd
stat -c '%U:%G %a %n' . crawl.lua seeds seeds/samples.csv /opt/corpora/hosts.csv /opt/rules/rules.txt
ls /opt
ls -A /tmp
git --version | cut -c 1-11
