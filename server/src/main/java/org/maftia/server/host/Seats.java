package org.maftia.server.host;

import java.util.List;
import org.maftia.core.replica.Configuration;
import org.maftia.server.component.Seating;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;

/** Who sits where in the configurations for which this replica has keys. */
record Seats(Keyring keyring) implements Seating {
    @Override
    public int self(long configuration) {
        return keyring.own().stream()
                .filter(known -> known.number() == configuration)
                .mapToInt(known -> known.configuration().indexOf(keyring.seat()))
                .findFirst()
                .orElse(-1);
    }

    @Override
    public int seat(long configuration, int index) {
        for (Known known : keyring.own()) {
            List<Configuration.Seat> seats = known.configuration().seats();
            if (known.number() == configuration && index >= 0 && index < seats.size()) {
                return seats.get(index).number();
            }
        }
        return -1;
    }
}
