package org.maftia.server.component;

import java.util.List;
import org.maftia.wormhole.Capabilities;

/**
 * What a replica's component says that it is and can promise.
 *
 * @param epoch in which it works
 * @param backEnd what it is made of, in words
 * @param timely whether it keeps bounds of time, and stops rather than miss one
 * @param caveats for each promise that it does not make: a sentence why
 */
public record ComponentReport(long epoch, String backEnd, boolean timely, List<String> caveats) {
    public ComponentReport {
        caveats = List.copyOf(caveats);
    }

    static ComponentReport of(long epoch, Capabilities capabilities) {
        String backEnd = "process, " + (capabilities.persistent() ? "counters on disk" : "counters in memory")
                + (capabilities.sandboxed() ? ", without needless system calls" : "");
        return new ComponentReport(epoch, backEnd, capabilities.timely(), capabilities.caveats());
    }
}
