package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.EpochSource;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.host.FramedTtcb;
import org.maftia.wormhole.host.InnerTransport;
import org.maftia.wormhole.os.NativeClocks;
import org.maftia.wormhole.trusted.Component;
import org.maftia.wormhole.trusted.ControlChannel;
import org.maftia.wormhole.trusted.CounterRecord;
import org.maftia.wormhole.trusted.Guard;
import org.maftia.wormhole.trusted.Setup;

/**
 * Makes the keys of a component whose counters persist, where they will live, before it belongs to a group: what it then
 * says of itself goes to the group's ceremony. To be run as the component's own user, like the component.
 *
 * <p>Its word is given under a group of zeros and the number 0, as both are known only later; it counts no counter. What the
 * group relies on is the key of the epoch, and that the key which outlives epochs vouches for it.
 */
public final class ComponentEnrolment {
    /** No group yet. */
    public static final Stream NO_GROUP = new Stream(0, 0, Stream.COMPONENT);

    /** The one epoch of a component whose counters persist. */
    public static final long EPOCH = 1;

    private ComponentEnrolment() {}

    /**
     * Makes the keys, or finds those that are there.
     *
     * @param state directory that the component alone can read; made where it is missing
     */
    public static Identity enrol(Path state, SecureRandom random) throws IOException {
        Files.createDirectories(state);
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
        KeyPair identity = KeyFile.identity(state, random);
        ComponentProcess.counters(state).close(); // they are there before the keys of the epoch are
        Capabilities none = new Capabilities(
                1,
                EpochSource.PERSISTENT,
                false,
                false,
                true,
                Stream.LANES,
                true,
                false,
                EnumSet.of(TagProfile.P256),
                List.of());
        Setup setup =
                new Setup(NO_GROUP, 0, 0, EPOCH, TagProfile.P256, none, identity, KeyFile.epoch(state, random), null);
        NativeClocks clocks = new NativeClocks(1);
        Component component = new Component(
                setup, random, CounterRecord.NONE, clocks, new Guard(clocks, false, 1), ControlChannel.NONE);
        try (Ttcb ttcb = FramedTtcb.connect(new InnerTransport(component), null, random)) {
            return ttcb.identity();
        } finally {
            component.erase();
        }
    }
}
