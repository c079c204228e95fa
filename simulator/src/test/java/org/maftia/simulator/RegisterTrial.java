package org.maftia.simulator;

import java.util.List;
import java.util.stream.IntStream;
import org.maftia.core.replica.StateMachine;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/** The register in a simulated group: few keys, so that operations meet. */
public final class RegisterTrial implements ServiceTrial {
    private static final int KEYS = 4;
    private static final int VALUE_LENGTH_MAX = 20;

    @Override
    public String name() {
        return Register.NAME;
    }

    @Override
    public StateMachine create() {
        return new Register();
    }

    @Override
    public byte[] operation(Draw draw) {
        String key = "k" + draw.below(KEYS);
        return switch (draw.below(5)) {
            case 0 -> encode(new RegisterOperation.Put(key, draw.bytes(draw.below(VALUE_LENGTH_MAX))));
            case 1 -> encode(new RegisterOperation.Get(key));
            case 2 -> encode(new RegisterOperation.Add(key, draw.below(100)));
            case 3 -> encode(new RegisterOperation.Swap(key, new byte[0], draw.bytes(3)));
            default -> new byte[0];
        };
    }

    @Override
    public List<byte[]> questions() {
        return IntStream.range(0, KEYS)
                .mapToObj(key -> encode(new RegisterOperation.Get("k" + key)))
                .toList();
    }

    private static byte[] encode(RegisterOperation operation) {
        return RegisterOperation.CODEC.encode(operation);
    }
}
