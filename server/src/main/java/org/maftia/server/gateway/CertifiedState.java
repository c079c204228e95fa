package org.maftia.server.gateway;

import java.util.Optional;
import org.maftia.core.replica.CertifiedView;

/** What a replica may show to readers. Any thread may ask. */
public interface CertifiedState {
    /** The newest state that a quorum certified, if there is one yet. */
    Optional<CertifiedView> certified();

    /** Sees to a newer one, soon; the group grants it once in a while. */
    void certify();
}
