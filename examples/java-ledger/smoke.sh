java -jar /opt/ledger/ledger.jar accounts.csv
ls -l --time-style=+ /opt/ledger
