php -S 127.0.0.1:8080 index.php >/dev/null 2>&1 &
sleep 2
curl -fs http://localhost:8080/
curl -s -d 'new *page*' http://localhost:8080/news
curl -s http://localhost:8080/none
kill $!
id -un
stat -c '%U:%G %a %n' . vendor vendor/autoload.php index.php storage storage/pages/home.txt storage/uploads/archive.csv src
ls . vendor/example
php -m | grep -c -i -e sqlite3 -e mbstring
