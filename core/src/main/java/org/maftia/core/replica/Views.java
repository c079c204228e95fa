package org.maftia.core.replica;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.Digest;

/**
 * What all services show after one slot, under one root.
 *
 * @param byService the view of each service
 * @param roots the root of each view, by service
 */
record Views(SortedMap<String, MerkleMap> byService, MerkleMap roots) {
    /** @param group what the group shows of itself */
    static Views of(SortedMap<String, StateMachine> services, MerkleMap group) {
        SortedMap<String, MerkleMap> views = new TreeMap<>();
        MerkleMap roots = MerkleMap.EMPTY;
        for (Map.Entry<String, StateMachine> service : services.entrySet()) {
            MerkleMap view = service.getValue().view();
            views.put(service.getKey(), view);
            roots = roots.with(service.getKey(), view.root().toBytes());
        }
        if (!group.root().equals(Digest.ZERO)) {
            views.put(ConfigurationCertificate.VIEW, group);
            roots = roots.with(ConfigurationCertificate.VIEW, group.root().toBytes());
        }
        return new Views(views, roots);
    }

    Digest root() {
        return roots.root();
    }
}
