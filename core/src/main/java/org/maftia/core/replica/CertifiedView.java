package org.maftia.core.replica;

import java.util.Optional;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.wire.Digest;

/**
 * All that the services of a group showed after the slot of a certified checkpoint. Immutable, and safe for any thread:
 * reads cost the replica's own thread nothing.
 */
public final class CertifiedView {
    private final Digest configuration;
    private final StableCheckpoint checkpoint;
    private final Views views;

    CertifiedView(Digest configuration, StableCheckpoint checkpoint, Views views) {
        this.configuration = configuration;
        this.checkpoint = checkpoint;
        this.views = views;
    }

    /** What was certified. */
    public StableCheckpoint checkpoint() {
        return checkpoint;
    }

    /** The answer to one question, with its proof; empty when the group runs no such service. */
    public Optional<CertifiedRead> read(String service, String key) {
        MerkleMap view = views.byService().get(service);
        if (view == null) {
            return Optional.empty();
        }
        return Optional.of(new CertifiedRead(
                configuration,
                service,
                key,
                view.get(key),
                view.prove(key),
                views.roots().prove(service),
                checkpoint));
    }

    /** The answer without proof, for who believes this replica; empty when there is none. */
    public Optional<byte[]> value(String service, String key) {
        MerkleMap view = views.byService().get(service);
        return view == null ? Optional.empty() : Optional.ofNullable(view.get(key));
    }

    /** Of which configuration the group was. */
    public Digest configuration() {
        return configuration;
    }

    /** The root of one service's view; {@link Digest#ZERO} of an empty one. */
    public Digest root(String service) {
        MerkleMap view = views.byService().get(service);
        return view == null ? Digest.ZERO : view.root();
    }
}
