public final class Quiet {
    public Quiet() {
        System.out.println("hush, " + java.nio.charset.Charset.defaultCharset());
    }
}
