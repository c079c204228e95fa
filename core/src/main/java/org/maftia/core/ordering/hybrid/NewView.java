package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The leader opens a view. What it proposes with it follows from the accounts of those who moved.
 *
 * @param changes of a quorum, by replica, the leader's among them
 * @param ui of the leader
 */
record NewView(long view, List<ViewChange> changes, Ui ui) {
    /** An account without anything in it, with a fence. */
    private static final int CHANGE_LENGTH_MIN = 200;

    NewView {
        changes = List.copyOf(changes);
    }

    List<Account.Named> names(Statements statements) {
        List<Account.Named> names = new ArrayList<>();
        for (ViewChange change : changes) {
            names.add(new Account.Named(change.replica(), statements.account(change.account())));
        }
        return names;
    }

    static final Codec<NewView> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, NewView value) {
            writer.u64(value.view).list(value.changes, ViewChange.CODEC::write);
            Ui.CODEC.write(writer, value.ui);
        }

        @Override
        public NewView read(Reader reader) {
            return new NewView(
                    reader.count(),
                    reader.list(ReplicaSet.SIZE_MAX, CHANGE_LENGTH_MIN, ViewChange.CODEC::read),
                    Ui.CODEC.read(reader));
        }
    };

    @Override
    public String toString() {
        return "v" + view + " from " + changes;
    }
}
