package org.maftia.server.succession;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.gateway.ConfigurationGateway;

/** Where a wish is handed in, and where it is heard what became of it: the gateways of replicas, none of them trusted. */
public final class GroupDesk {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int ASK_MILLIS = 3_000;

    /** A step and the bytes around its two parts. */
    private static final int STEP_LENGTH_MAX = Step.LENGTH_MAX + (1 << 20);

    private static final String PATH = "/configurations";

    private final SecureHttp http;
    private final List<String> gateways;

    /** @param gateways addresses, such as {@code https://localhost:7443} */
    public GroupDesk(SecureHttp http, List<String> gateways) {
        this.http = http;
        this.gateways = List.copyOf(gateways);
    }

    /**
     * Hands the wish in at one gateway after the other, until one says what the group said.
     *
     * @return the word of that replica; whether it is true, the group's status tells, and at last its certificate
     * @throws ClusterException when the group refused it, or no gateway answered
     */
    public String submit(Reconfiguration wish) throws ClusterException {
        byte[] body = Reconfiguration.CODEC.encode(wish);
        StringBuilder troubles = new StringBuilder();
        for (String gateway : gateways) {
            try {
                SecureHttp.Reply reply = http.post(gateway + PATH, TIMEOUT_MILLIS, ConfigurationGateway.WISH, body);
                String sentence = reply.text().strip();
                if (reply.status() == 200) {
                    return sentence;
                }
                troubles.append("; ").append(gateway).append(": ").append(sentence);
            } catch (IOException e) {
                troubles.append("; ").append(gateway).append(": ").append(e.getMessage());
            }
        }
        throw new ClusterException(
                "the group did not take the wish" + troubles, "'maftia reconfigure status' shows how it stands");
    }

    /** What followed the configuration, proved; empty while no replica knows of anything. */
    public Optional<Followed> after(Known known) {
        for (String gateway : gateways) {
            try {
                SecureHttp.Reply reply = http.get(
                        gateway + PATH + "?after=" + known.configuration().digest(), ASK_MILLIS, STEP_LENGTH_MAX);
                if (reply.status() == 200) {
                    Step step = Step.CODEC.decode(reply.body());
                    return Optional.of(new Followed(step, step.follow(known)));
                }
            } catch (IOException | MalformedException | RefusedReadException e) {
                // One that is away or lies keeps nobody from asking the next.
                continue;
            }
        }
        return Optional.empty();
    }

    /** A step with what it leads to. */
    public record Followed(Step step, Known known) {}
}
