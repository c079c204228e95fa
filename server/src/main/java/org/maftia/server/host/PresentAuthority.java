package org.maftia.server.host;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.replica.StateMachine;
import org.maftia.server.gateway.AuthorityState;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.succession.Known;
import org.maftia.services.authority.Authority;
import org.maftia.services.authority.Looks;

/** The authority of the configuration in which the group is now, for the gateway of one replica. */
final class PresentAuthority implements AuthorityState {
    /** Configurations of which a machine may be asked: the present one, and those around it. */
    private static final int KEPT = 4;

    private final SortedMap<Long, Authority> machines = new ConcurrentSkipListMap<>();

    private int seat;
    private @Nullable ReplicaRuntime runtime;
    private @Nullable HostMembership membership;

    /** Asked for several times by every request. */
    private volatile @Nullable Placed placed;

    private record Placed(Known known, Place place) {}

    /** Takes note of the services that are to run in a configuration. */
    void made(Known known, SortedMap<String, StateMachine> services) {
        if (services.get(Authority.NAME) instanceof Authority authority) {
            machines.put(known.number(), authority);
        }
        while (machines.size() > KEPT) {
            machines.remove(machines.firstKey());
        }
    }

    /** Before the gateways begin. */
    void begin(int ownSeat, ReplicaRuntime ofReplica, HostMembership inGroup) {
        seat = ownSeat;
        runtime = ofReplica;
        membership = inGroup;
    }

    private Known known() {
        return Invariant.present(membership, "gateways begin later").present();
    }

    @Override
    public <T extends Object> Optional<T> look(Function<Looks, T> question)
            throws TimeoutException, InterruptedException {
        Authority authority = machines.get(known().number());
        if (authority == null) {
            return Optional.empty();
        }
        // On the thread that executes commands: what is asked then sees no half of one.
        return Optional.of(
                Invariant.present(runtime, "gateways begin later").ask(() -> question.apply(authority.looks())));
    }

    @Override
    public Place place() {
        Known known = known();
        Placed last = placed;
        if (last == null || last.known != known) {
            last = new Placed(known, place(known));
            placed = last;
        }
        return last.place;
    }

    private Place place(Known known) {
        String own = known.members().containsKey(seat)
                ? Invariant.present(known.members().get(seat), "just seen").httpsAddress()
                : Services.bases(known.description()).getFirst();
        List<String> bases = Services.bases(known.description());
        return new Place(
                bases.contains(own) ? own : bases.getFirst(),
                bases,
                seat,
                known.description().settings().authority().agreed().credentialsRequired(),
                Authority.profiles().entrySet().stream()
                        .flatMap(profile -> Stream.of(profile.getKey(), profile.getValue()))
                        .toList());
    }
}
