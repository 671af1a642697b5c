package ledger;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

final class Ledger {
    private final Map<String, Long> balances = new TreeMap<>();

    void add(String line) {
        var parts = line.split(",");
        balances.merge(parts[0], new BigDecimal(parts[1]).movePointRight(2).longValueExact(), Long::sum);
    }

    Map<String, Long> balances() {
        return balances;
    }
}
