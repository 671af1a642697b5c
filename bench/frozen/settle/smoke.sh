tini -s -- java -jar settle.jar rates
cat out/result.txt
id -un; pwd
stat -c '%U:%G %a %n' . settle.jar conf conf/settle.properties rates rates/2023.csv out
command -v javac || echo no compiler
ls
