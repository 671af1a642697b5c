# Run inside the image, as sh -c: prints the balances, and who owns what, the same for every build that works.
java -jar /opt/ledger/ledger.jar accounts.csv
ls -l --time-style=+ /opt/ledger
