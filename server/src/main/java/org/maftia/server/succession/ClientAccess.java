package org.maftia.server.succession;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.GroupClientSetup.Confidentiality;
import org.maftia.client.GroupClientSetup.Endpoint;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.configuration.ReplicaEntry;

/** How a client of a group finds it, and finds it again after it went on to another configuration. */
public final class ClientAccess {
    private ClientAccess() {}

    /** The client ports of a configuration, by index. */
    public static List<Endpoint> endpoints(Known known) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < known.group().enrolments().size(); i++) {
            ReplicaEntry entry = known.description().replicas().get(i);
            endpoints.add(new Endpoint(
                    InetSocketAddress.createUnresolved(entry.host(), entry.client()),
                    known.group().enrolments().get(i).linkCertificate()));
        }
        return endpoints;
    }

    /**
     * The same client, following the group.
     *
     * @param known the configuration that the setup is for
     */
    public static GroupClientSetup following(GroupClientSetup setup, Known known) {
        return setup.following(step -> {
            Known next;
            try {
                next = Step.CODEC.decode(step).follow(known);
            } catch (MalformedException e) {
                throw new RefusedReadException(RefusedReadException.Reason.NOT_IN_STATE);
            }
            GroupClientSetup then = new GroupClientSetup(
                    next.charter(),
                    setup.limits(),
                    endpoints(next),
                    setup.identity(),
                    setup.timeoutMicros(),
                    setup.confidentiality()
                            .filter(own -> !next.group().isHybrid())
                            .map(own -> new Confidentiality(
                                    own.client(), next.group().cipher())),
                    setup.quorumReads(),
                    setup.signature(),
                    setup.mode(),
                    Optional.empty());
            return following(then, next);
        });
    }
}
