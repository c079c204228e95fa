package org.maftia.core.agreement;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Path;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** Ends an agreement as its specification would: whoever writes a model holds all keys, and so can prove any end. */
public final class IdealEnd {
    private IdealEnd() {}

    /** The frame that makes the instance at this path decide the value; the first leader is {@code owner}. */
    public static byte[] frame(FaultStructure trust, Digest configuration, Path path, int owner, byte[] value) {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : trust.all().toList()) {
            Seals seals = new Seals(new IdealCertifier(signer), new OpenCoin(), trust, configuration, path);
            signatures.put(signer, seals.sign(Stage.SIG2, 0, owner, Seals.hash(value)));
        }
        MultivaluedMessage halt =
                new MultivaluedMessage.Halt(0, owner, value, false, Certificate.of(signatures), List.of());
        Writer writer = new Writer();
        writer.opaque8(path.toString().getBytes(StandardCharsets.US_ASCII));
        new MultivaluedAgreementCodec(trust.size()).write(writer, halt);
        return writer.toBytes();
    }
}
