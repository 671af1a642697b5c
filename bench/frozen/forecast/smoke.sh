python -m forecast &
sleep 4
curl -fs http://localhost:5000/
nc -z localhost 5000 && echo healthy
kill $!
id -un; pwd
stat -c '%U:%G %a %n' . forecast/__main__.py history history/stations.csv
find /usr/local/lib -type d -name tests | wc -l
ls -A /tmp
ls / | grep -e wheels -e requirements
python -c 'import numpy; print(numpy.__version__)'
