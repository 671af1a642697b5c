collect samples
healthy && echo healthy
id -un; pwd
stat -c '%U:%G %a %n' . export.txt samples samples/monday.csv /usr/local/bin/collect
command -v metrics-export || echo no exporter
