import java.util.ResourceBundle;

/** Speaks by a class that a file names. */
public final class Main {
    public static void main(String[] arguments) throws Exception {
        String name = ResourceBundle.getBundle("main").getString("voice");
        Class.forName(name).getDeclaredConstructor().newInstance();
    }
}
