package ledger;

import java.io.FileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Prints the balance of every account in a file of lines "account,amount". */
public final class Main {
    public static void main(String[] arguments) throws IOException {
        var settings = new Properties();
        settings.load(new FileReader("ledger.properties"));
        var ledger = new Ledger();
        Files.readAllLines(Path.of(arguments[0])).forEach(ledger::add);
        ledger.balances().forEach((account, cents) ->
            System.out.printf("%-10s %8.2f %s%n", account, cents / 100.0, settings.get("currency")));
    }
}
