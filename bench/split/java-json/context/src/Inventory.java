import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Prints what is in stock. */
public final class Inventory {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getProperty("inventory.home"));
        Map<?, ?> stock = new Gson().fromJson(Files.readString(home.resolve("share/stock.json")), Map.class);
        stock.forEach((name, count) -> System.out.println(name + ": " + count));
    }
}
