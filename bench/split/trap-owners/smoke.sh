./desk
stat -c "%n %a %U:%G" . desk secret.conf ledger.txt journal.txt
