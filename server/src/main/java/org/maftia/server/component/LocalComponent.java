package org.maftia.server.component;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.cluster.PidFile;
import org.maftia.server.runtime.TrustedComponent;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.SocketTransport;
import org.maftia.wormhole.os.RealTime;
import org.maftia.wormhole.process.ComponentLauncher;
import org.maftia.wormhole.process.ProcessOptions;

/** The trusted component of a replica of this host, to which it speaks. */
public final class LocalComponent {
    /** One that is just being started answers within this time on a busy machine. */
    private static final int ANSWER_MILLIS_MAX = 20_000;

    private static final int POLL_MILLIS = 100;

    private final Ttcb ttcb;
    private final Stream group;
    private final ComponentReport report;
    private volatile @Nullable ComponentCalls calls;

    private LocalComponent(Ttcb ttcb, Stream group) {
        this.ttcb = ttcb;
        this.group = group;
        this.report = ComponentReport.of(ttcb.identity().header().epoch(), ttcb.capabilities());
    }

    /**
     * Who a component must be.
     *
     * @param group its id
     * @param seat of its replica
     * @param identity as the transcript of the group's ceremony has it
     */
    public record Role(UUID group, int seat, ComponentIdentity identity) {
        Header header() {
            return new Header(ComponentSeals.stream(group), seat, identity.epoch());
        }
    }

    /**
     * Finds the component that answers there, else starts the one whose state lies there.
     *
     * @param realTime whether to ask for real-time scheduling when it is started; it then keeps its bounds of time, or stops
     * @throws IOException when none answers and none can be started, or another one answers; a sentence for operators
     */
    public static LocalComponent open(ComponentPlace place, Role role, boolean realTime) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS_MAX);
        while (true) {
            if (place.process().isEmpty() && !answers(place)) {
                start(place, role, realTime);
            }
            try {
                return connect(place, role);
            } catch (StoppedException | MalformedCertificateException e) {
                // It is about to answer, or about to be gone.
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "the trusted component at " + place.socket() + " is not the group's: " + e.getMessage()
                                    + "; what it said last is in " + place.words(),
                            e);
                }
                pause();
            }
        }
    }

    /** One that the system runs, under a user of its own, has left no file here. */
    private static boolean answers(ComponentPlace place) {
        try {
            SocketTransport.connect(place.socket()).close();
            return true;
        } catch (StoppedException e) {
            return false;
        }
    }

    private static void start(ComponentPlace place, Role role, boolean realTime) throws IOException {
        if (!place.isOwn()) {
            throw new IOException(
                    "no trusted component answers at " + place.socket() + ", and its state is not in " + place.state()
                            + ": start it where it lies, or restore the directory if nothing was certified since");
        }
        place.create();
        Process process = ComponentLauncher.detach(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                ComponentLauncher.classPath(),
                ProcessOptions.of(
                        "socket=" + place.socket(),
                        "state=" + place.state(),
                        "group=" + role.group.toString().replace("-", ""),
                        "ttcb=" + role.seat,
                        "epoch=" + role.identity.epoch(),
                        "profile=p256",
                        "persistent=true",
                        "allowed-user=" + RealTime.user(),
                        "real-time=" + realTime),
                place.words());
        PidFile.write(place.pidFile(), process.toHandle()); // first, so that it is found by who ends it
        try {
            ComponentLauncher.awaitReady(process);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + ": " + String.join(" / ", Files.readAllLines(place.words())), e);
        }
    }

    private static LocalComponent connect(ComponentPlace place, Role role) throws IOException {
        Ttcb ttcb = FramedTtcb.connect(
                SocketTransport.connect(place.socket()), role.identity.identityKey(), new SecureRandom());
        Header header = ttcb.identity().header();
        if (header.equals(role.header())
                && ttcb.identity().evidence().keys().signing().equals(role.identity.key())) {
            return new LocalComponent(ttcb, ComponentSeals.stream(role.group));
        }
        ttcb.close();
        throw new IOException(
                "the trusted component at " + place.socket() + " works for another group, seat or epoch: " + header);
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a trusted component", e);
        }
    }

    /** What it promises. */
    public ComponentReport report() {
        return report;
    }

    /** How the replica asks it. */
    public TrustedComponent calls(Seating seating) {
        ComponentCalls made = new ComponentCalls(ttcb, group, seating);
        calls = made;
        return made;
    }

    /** How the last roll call ended in which it took part; empty before the first. Any thread may ask. */
    public Optional<RollCallReport> lastRollCall() {
        ComponentCalls made = calls;
        return made == null ? Optional.empty() : made.lastRollCall();
    }
}
