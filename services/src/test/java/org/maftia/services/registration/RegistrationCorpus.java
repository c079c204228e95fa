package org.maftia.services.registration;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.wire.Digest;
import org.maftia.services.log.LogCorpus;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Documents are registered; what a hostile owner encrypts is anything. */
public final class RegistrationCorpus implements Corpus {
    private static final Addressee ADDRESSEE = new Addressee(Digest.ZERO, "confidential");

    private long seed;

    @Override
    public String service() {
        return Registrar.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Registrar.NAME, new Registrar(ADDRESSEE, "receipts", TestRegistry.KEY.thumbprint()));
        services.put(TransparencyLog.NAME, LogCorpus.log());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("receipts", new TrialKey("receipts", RsaEncoding.PKCS1_SHA256));
        return keys;
    }

    private byte[] sealed(byte[] document) {
        SeededEntropy entropy = new SeededEntropy(seed++);
        byte[] reference = entropy.bytes(SealedDocument.REFERENCE_LENGTH);
        byte[] label = ADDRESSEE.cipherLabel(reference);
        byte[] ciphertext = document.length == 0
                ? TrialLog.cipher().garbage(label, entropy)
                : TrialLog.cipher().encrypt(document, label, entropy);
        return SealedDocument.CODEC.encode(new SealedDocument(reference, ciphertext));
    }

    private byte[] register(byte[] document) {
        return RegistrationCommand.CODEC.encode(new RegistrationCommand.Register(sealed(document)));
    }

    @Override
    public void run(Trial trial) {
        byte[] content = TestRegistry.text("the wheel");
        for (Document document : List.of(
                Document.of("A wheel", "text/plain", content),
                Document.of("The same", "", content),
                Document.ofDigest("", "", Digest.ZERO))) {
            byte[] encoded = Document.CODEC.encode(document);
            trial.order(0, encoded, this::register);
            byte[] sealed = sealed(encoded);
            trial.order(1, RegistrationCommand.CODEC.encode(new RegistrationCommand.Register(sealed)));
            Digest id = SealedDocument.id(sealed);
            trial.order(0, RegistrationCommand.CODEC.encode(new RegistrationCommand.Certify(id)));
            trial.peek(RegistrationQuestion.CODEC.encode(new RegistrationQuestion.ById(id)));
            trial.peek(RegistrationQuestion.CODEC.encode(new RegistrationQuestion.ByContent(document.sha256())));
        }
    }
}
