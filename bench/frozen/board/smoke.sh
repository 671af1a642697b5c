ruby board.rb &
sleep 2
curl -fs http://127.0.0.1:4567/
kill $!
id -un; pwd
stat -c '%U:%G %a %n' . board.rb config config/board.yml posts posts/1.txt archive/2023.csv
ls -A /tmp
gem list --local 2>/dev/null | grep slate
command -v git || echo no git
