package org.maftia.server.ceremony;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ObliviousShares;
import org.maftia.core.crypto.RsaDealer;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.crypto.RsaShares;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.crypto.SafePrimes;
import org.maftia.core.crypto.ShareBox;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Writer;
import org.maftia.server.configuration.OpenIdSettings;

/**
 * The one moment at which somebody knows a whole key: makes the root, deals the group's threshold keys, certifies all,
 * seals each replica's shares to it, and forgets. Run it on a host that is offline and wiped afterwards.
 *
 * <p>Nothing leaves before the shares have signed with every minimal set (a sample where there are very many), so that
 * what is installed works whichever replicas remain.
 */
public final class Ceremony {
    /** The root's certificate in PEM: what clients trust. */
    public static final String ROOT_FILE = "ca.pem";

    static final String ROOT_KEY = "root.key";

    /** What the sealed files hold, so that nothing else is opened as shares. */
    static final String SHARES_PURPOSE = "shares";

    /** Beyond it a sample is signed with: a combination takes milliseconds. */
    private static final int TEST_SETS_MAX = 1024;

    private static final byte[] TEST_MESSAGE = "maftia ceremony test".getBytes(StandardCharsets.US_ASCII);

    private final CeremonyPlan plan;
    private final ModularPower power;
    private final Progress progress;
    private final SecureRandom random = new SecureRandom();
    private final Entropy entropy = count -> {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    };

    /** Takes any length of RSA moduli, so that tests need not wait for primes. */
    Ceremony(CeremonyPlan plan, ModularPower power, Progress progress) {
        this.plan = plan;
        this.power = power;
        this.progress = progress;
    }

    /**
     * Holds the ceremony. Writes into the directory {@code transcript.json}, {@code ca.pem}, for each replica
     * {@code ID.shares}, {@code record.json} of what it did, and the root's private key, sealed.
     *
     * @param directory must hold no keys yet
     * @param officers what seals the root's private key
     * @param power computes with the secret primes and shares
     * @throws CeremonyException when the directory holds keys, or the plan wants keys of another length
     */
    public static GroupTranscript perform(
            CeremonyPlan plan, Path directory, Unlock officers, ModularPower power, Progress progress) {
        if (plan.rsaBits() != CeremonyPlan.RSA_BITS_DEFAULT && plan.rsaBits() != CeremonyPlan.RSA_BITS_SHORT) {
            throw new CeremonyException(
                    "RSA keys of " + plan.rsaBits() + " bits are not dealt", "choose 3072, or 2048 until 2030");
        }
        return new Ceremony(plan, power, progress).perform(directory, officers);
    }

    GroupTranscript perform(Path directory, Unlock officers) {
        try (Custody custody = custody(directory, officers)) {
            Instant now = Instant.now();
            Root root = plan.before().isPresent()
                    ? Root.inherited(plan.before().get(), officers, random)
                    : Root.fresh(plan.name(), now, random, progress);
            keep(custody, root.key);
            CeremonyRecord record = CeremonyRecord.begin(plan, directory, officers);
            record.add(
                    CeremonyRecord.ROOT,
                    CanonicalJson.object()
                            .put("made", plan.before().isEmpty())
                            .put("certificate", sha256(root.certificate)));
            Certificates.Issuer issuer = new Certificates.Issuer(plan.name(), root.certificate, root.key, now, random);
            CarriedKeys carried = CarriedKeys.of(plan);
            tellOfCarried(carried);
            try (RsaDealer.Dealing timeStamp = deal(ServiceKey.TIME_STAMP, "notary");
                    RsaDealer.Dealing authority = deal(ServiceKey.AUTHORITY, "authority");
                    RsaDealer.Dealing exchange = deal(ServiceKey.EXCHANGE, "exchange");
                    Pool provider = new Pool();
                    Pool signing = new Pool();
                    CurveKey.Dealings curveKeys =
                            CurveKey.Dealings.deal(plan.id(), plan.trust().sharing(), carried.fresh(plan), entropy);
                    ObliviousDealer.@Nullable Dealing function = (plan.isHybrid()
                                    ? Optional.<ObliviousDealer.Dealing>empty()
                                    : FunctionKey.deal(plan.id(), plan.trust(), entropy))
                            .orElse(null)) {
                dealProvider(provider);
                List<RsaDealer.Dealing> own = new ArrayList<>(List.of(timeStamp, authority, exchange));
                own.addAll(provider.dealings);
                List<RsaDealer.Dealing> dealings = withSigning(own, signing);
                dealings.forEach(dealing -> rehearse(dealing, record));
                GroupTranscript transcript = GroupTranscript.of(
                        plan,
                        root.certificate,
                        gateways(issuer),
                        clients(issuer),
                        serviceKeys(own, signing, issuer),
                        joined(curveKeys.keys(), carried.dealt()),
                        joined(curveKeys.signing(), carried.signing(plan)),
                        carried.serials(plan, entropy),
                        carried.kinds(),
                        Optional.ofNullable(function).map(ObliviousDealer.Dealing::key));
                for (KeyEntry key : transcript.catalogue()) {
                    record.add(CeremonyRecord.KEY, KeyAudit.facts(key));
                }
                write(directory, transcript, new Secrets(dealings, curveKeys, function), record, root.key);
                return transcript;
            }
        }
    }

    private static void keep(Custody custody, PrivateKey rootKey) {
        if (!custody.holds(ROOT_KEY)) {
            byte[] encoded = rootKey.getEncoded();
            custody.store(ROOT_KEY, encoded);
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** Keys for tokens, where somebody is to read them: each makes the first start slower. */
    private void dealProvider(Pool provider) {
        if (OpenIdSettings.hasClients(plan.description())) {
            provider.dealings.add(deal(ServiceKey.OPENID, "provider"));
        }
        if (OpenIdSettings.hasPssClients(plan.description())) {
            provider.dealings.add(deal(ServiceKey.OPENID_PSS, RsaEncoding.PSS_SHA256, "provider, PS256"));
        }
    }

    private List<X509Certificate> gateways(Certificates.Issuer issuer) {
        return plan.enrolments().stream()
                .map(e -> issuer.gateway(e.id(), e.httpsKey(), e.hosts()))
                .toList();
    }

    private void tellOfCarried(CarriedKeys carried) {
        if (!carried.kinds().isEmpty()) {
            List<String> ids = carried.kinds().stream().map(CurveKey::id).toList();
            progress.step(
                    "the keys " + String.join(", ", ids) + " go on: the group gives its new members their shares");
        } else if (plan.before().isPresent()) {
            progress.step("all keys are dealt anew"
                    + (plan.before().get().handsOn()
                            ? ": those who stay might not be enough to hand the old ones on"
                            : ""));
        }
    }

    private static <T> Map<CurveKey, T> joined(Map<CurveKey, T> fresh, Map<CurveKey, T> carried) {
        Map<CurveKey, T> all = new EnumMap<>(CurveKey.class);
        all.putAll(fresh);
        all.putAll(carried);
        return all;
    }

    /**
     * Officers of whom some are present cannot seal for those who are not: the root's key goes on as it was sealed for
     * all of them.
     */
    private Custody custody(Path directory, Unlock officers) {
        return plan.before().isPresent() && officers instanceof Unlock.Officers
                ? Custody.copy(plan.before().get().custody(), directory, ROOT_KEY, officers, random)
                : Custody.create(directory, officers, random);
    }

    /** What certifies everything: made for a new group, and the same for as long as the group lasts. */
    private record Root(X509Certificate certificate, PrivateKey key) {
        static Root fresh(String group, Instant now, SecureRandom random, Progress progress) {
            progress.step("making the root key");
            KeyPair pair = Certificates.rsaKeyPair(CeremonyPlan.RSA_BITS_DEFAULT, random);
            return new Root(Certificates.root(group, pair, now, random), pair.getPrivate());
        }

        static Root inherited(CeremonyPlan.Predecessor before, Unlock officers, SecureRandom random) {
            try (Custody custody = Custody.open(before.custody(), officers, random)) {
                PrivateKey key = Certificates.privateKey("RSA", custody.load(ROOT_KEY));
                if (!Certificates.belong(key, before.group().root().getPublicKey())) {
                    throw new CeremonyException(
                            "the root key in " + before.custody() + " is another group's",
                            "name the results of the ceremony of the configuration before");
                }
                return new Root(before.group().root(), key);
            }
        }
    }

    /** Those who stay keep number and certificate, so that nobody has to tell them. */
    private List<GroupTranscript.Client> clients(Certificates.Issuer issuer) {
        List<GroupTranscript.Client> clients = new ArrayList<>();
        plan.before()
                .ifPresent(before -> before.group().clientList().stream()
                        .filter(client -> before.clients().contains(client.name()))
                        .forEach(clients::add));
        int number = GroupTranscript.CLIENTS_FROM;
        if (plan.before().isPresent()) {
            for (GroupTranscript.Client client : plan.before().get().group().clientList()) {
                number = Math.max(number, client.number() + 1);
            }
        }
        for (ClientKeys.Request request : plan.clients()) {
            clients.add(
                    new GroupTranscript.Client(number++, request.name(), issuer.client(request.name(), request.key())));
        }
        return clients;
    }

    private int epoch() {
        return plan.before()
                .map(before -> before.group().key(ServiceKey.TIME_STAMP).epoch() + 1)
                .orElse(0);
    }

    private void rehearse(RsaDealer.Dealing dealing, CeremonyRecord record) {
        record.add(
                CeremonyRecord.REHEARSAL,
                CeremonyRecord.named(dealing.key().keyId()).put("sets", test(dealing)));
    }

    /** @param own keys of the services, in the order of {@link KeyPurpose} */
    private List<ServiceKey> serviceKeys(List<RsaDealer.Dealing> own, Pool signing, Certificates.Issuer issuer) {
        List<ServiceKey> keys = new ArrayList<>();
        keys.add(serviceKey(KeyPurpose.TIME_STAMP, own.get(0), issuer::timeStamp));
        keys.add(serviceKey(KeyPurpose.AUTHORITY, own.get(1), info -> issuer.authority(info, plan.names())));
        keys.add(serviceKey(KeyPurpose.EXCHANGE, own.get(2), issuer::exchange));
        for (RsaDealer.Dealing openId : own.subList(keys.size(), own.size())) { // only of groups that are providers
            keys.add(serviceKey(KeyPurpose.OPENID, openId, issuer::openId));
        }
        for (int i = 0; i < plan.signing().size(); i++) {
            SigningKey wanted = plan.signing().get(i);
            keys.add(serviceKey(KeyPurpose.SIGNING, signing.dealings.get(i), info -> issuer.signing(wanted, info)));
        }
        return keys;
    }

    private ServiceKey serviceKey(
            KeyPurpose purpose, RsaDealer.Dealing dealing, Function<SubjectPublicKeyInfo, X509Certificate> certified) {
        X509Certificate certificate = certified.apply(ServiceKey.info(dealing.key()));
        return new ServiceKey(epoch(), purpose, new RsaThreshold(dealing.key()), certificate);
    }

    /** Dealings that are closed together. */
    private static final class Pool implements AutoCloseable {
        private final List<RsaDealer.Dealing> dealings = new ArrayList<>();

        @Override
        public void close() {
            dealings.forEach(RsaDealer.Dealing::close);
        }
    }

    private List<RsaDealer.Dealing> withSigning(List<RsaDealer.Dealing> own, Pool pool) {
        for (SigningKey key : plan.signing()) {
            pool.dealings.add(deal(key.id(), key.encoding(), "signing service, " + key.name()));
        }
        List<RsaDealer.Dealing> all = new ArrayList<>(own);
        all.addAll(pool.dealings);
        return all;
    }

    private RsaDealer.Dealing deal(String keyId, String service) {
        return deal(keyId, RsaEncoding.PKCS1_SHA256, service);
    }

    private RsaDealer.Dealing deal(String keyId, RsaEncoding encoding, String service) {
        int bits = plan.rsaBits() / 2;
        progress.step("looking for two safe primes of " + bits + " bits for the key of the " + service);
        // Both searches report together; each line costs a terminal little and tells that the search is alive.
        AtomicInteger tested = new AtomicInteger();
        SafePrimes.Progress meter = (own, expected) -> {
            int all = tested.incrementAndGet();
            if (all % Math.max(1, expected / 2) == 0) {
                progress.step(all + " candidates tested, about " + 2 * expected + " are needed");
            }
        };
        CompletableFuture<BigInteger> first =
                CompletableFuture.supplyAsync(() -> SafePrimes.generate(bits, entropy, power, meter));
        BigInteger q = SafePrimes.generate(bits, entropy, power, meter);
        BigInteger p;
        try {
            p = first.join();
        } catch (CompletionException | CancellationException e) {
            throw new IllegalStateException("the search for a prime failed", e);
        }
        progress.step("sharing the key over the group's formula");
        return RsaDealer.deal(keyId, encoding, plan.trust().sharing(), p, q, entropy, power);
    }

    /** Gives the number of sets that signed. */
    private int test(RsaDealer.Dealing dealing) {
        RsaThreshold scheme = new RsaThreshold(dealing.key());
        progress.step("signing with every minimal set of shares");
        byte[] message = dealing.key().encoding().isOfDigests()
                ? RsaHash.SHA256.message(RsaHash.SHA256.digest(TEST_MESSAGE))
                : TEST_MESSAGE;
        SortedMap<Integer, byte[]> all = new TreeMap<>();
        for (RsaShares shares : dealing.shares().values()) {
            // A signer erases its shares when closed, and these are still to be sealed: it works on a copy.
            RsaShares copy = RsaShares.CODEC.decode(RsaShares.CODEC.encode(shares));
            try (var signer = scheme.signer(copy, power)) {
                for (int leaf : shares.leaves()) {
                    all.put(leaf, signer.share(message, leaf));
                }
            }
        }
        List<List<Integer>> sets = testSets(scheme);
        for (List<Integer> set : sets) {
            SortedMap<Integer, byte[]> subset = new TreeMap<>();
            set.forEach(leaf -> subset.put(leaf, all.get(leaf)));
            if (scheme.combine(message, subset).isEmpty()) {
                throw new IllegalStateException("the dealt shares " + set + " do not sign");
            }
        }
        return sets.size();
    }

    private static List<List<Integer>> testSets(ThresholdSignature scheme) {
        List<List<Integer>> sets = new ArrayList<>();
        SortedSet<String> seen = new TreeSet<>();
        for (int i = 0; i < TEST_SETS_MAX; i++) {
            List<Integer> set = scheme.designated(i).stream().sorted().toList();
            if (!seen.add(set.toString())) {
                break;
            }
            sets.add(set);
        }
        return sets;
    }

    private static String sha256(X509Certificate certificate) {
        return Transcript.sha256(Certificates.encode(certificate)).toString();
    }

    /** All that was dealt. */
    private record Secrets(
            List<RsaDealer.Dealing> dealings, CurveKey.Dealings curveKeys, ObliviousDealer.@Nullable Dealing function) {
        /** A replica's part, as {@link Installation} takes it. */
        byte[] of(int replica) {
            List<RsaShares> all = new ArrayList<>();
            for (RsaDealer.Dealing dealing : dealings) {
                RsaShares shares = dealing.shares().get(replica);
                if (shares != null) {
                    all.add(shares);
                }
            }
            Writer writer = new Writer().u8(all.size());
            all.forEach(shares -> RsaShares.CODEC.write(writer, shares));
            if (function != null) {
                ObliviousShares seeds = Objects.requireNonNull(function.shares().get(replica), "all have seeds");
                ObliviousShares.CODEC.write(writer, seeds);
            }
            curveKeys.write(writer, replica);
            return writer.toBytes();
        }
    }

    private void write(
            Path directory, GroupTranscript transcript, Secrets secrets, CeremonyRecord record, PrivateKey rootKey) {
        progress.step("sealing the shares and writing the transcript");
        byte[] hash = transcript.digest().toBytes();
        for (int replica = 0; replica < plan.enrolments().size(); replica++) {
            Enrolment enrolment = plan.enrolments().get(replica);
            byte[] plain = secrets.of(replica);
            byte[] sealed = ShareBox.seal(enrolment.sharesKey(), SHARES_PURPOSE, hash, plain, entropy);
            Arrays.fill(plain, (byte) 0);
            DurableFiles.write(directory.resolve(enrolment.id() + ".shares"), sealed, DurableFiles.Access.ALL);
            record.add(
                    CeremonyRecord.SHARES,
                    CeremonyRecord.named(enrolment.id())
                            .put("sha256", Transcript.sha256(sealed).toString()));
        }
        DurableFiles.write(
                directory.resolve(ROOT_FILE), Certificates.pem(List.of(transcript.root())), DurableFiles.Access.ALL);
        record.add(
                CeremonyRecord.TRANSCRIPT,
                CanonicalJson.object().put("sha256", transcript.digest().toString()));
        record.finish(directory, rootKey);
        // Last, as it tells that the ceremony was held to its end.
        DurableFiles.write(directory.resolve(GroupTranscript.FILE), transcript.document(), DurableFiles.Access.ALL);
    }
}
