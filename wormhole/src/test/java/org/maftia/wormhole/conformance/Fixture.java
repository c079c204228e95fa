package org.maftia.wormhole.conformance;

import java.util.Optional;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Stream;

/** One back end under test, with what its operator and an intruder on its host can do to it. */
public interface Fixture extends AutoCloseable {
    /** The group that the components serve. */
    Stream group();

    /** A stream that no test has used in this fixture, nor the two that follow it. */
    default Stream stream() {
        return group().with(7);
    }

    /** A new session with the component under test. */
    Ttcb connect() throws Exception;

    /** A session with another component of the group, if the back end has them here. */
    Optional<Ttcb> peer() throws Exception;

    /** Stops the component without warning, starts it again over what it left, and opens a session. */
    Ttcb killAndRestart() throws Exception;

    /** Puts back what the component had outside itself when {@link #remember} was called, then restarts it. */
    Ttcb restoreAndRestart() throws Exception;

    /** Copies all that the host can read of the component. */
    void remember() throws Exception;

    @Override
    void close() throws Exception;
}
