package org.maftia.server.gateway;

import java.util.Optional;
import org.maftia.core.wire.Digest;

/** What a replica knows of how its group went on. Any thread may ask. */
public interface GroupHistory {
    /** What proves to who knows the configuration of this digest which one followed; empty where none did, or unknown. */
    Optional<byte[]> after(Digest configuration);
}
