package org.example.settle;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Counts the rates of a region, and writes the result. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("conf/settle.properties"))) {
            properties.load(reader);
        }
        String region = properties.getProperty("region");
        long count = new Rates(Path.of(arguments[0])).count(region);
        String line = region + " " + count + " (settle " + properties.getProperty("version") + ")";
        Files.writeString(Path.of("out", "result.txt"), line + "\n");
        System.out.println(line);
    }
}
