package org.maftia.server.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.replica.UndoneCommand;
import org.maftia.core.wire.Writer;
import org.maftia.services.beacon.Beacon;
import org.maftia.services.beacon.BeaconAnswer;
import org.maftia.services.beacon.BeaconSchedule;

/**
 * The randomness beacon over HTTP, in the words of drand's interface, so that its clients need nothing but an address and
 * the public key: {@code GET /beacon/latest}, {@code /beacon/{round}}, {@code /beacon/info}, and the first two below
 * {@code /beacon/public} too, where those clients look. What it hands out verifies, or is not handed out; any cache may
 * keep it. A round is ordered once, however many ask.
 */
public final class BeaconGateway implements Gateway {
    private static final String PATH = "/beacon";
    private static final String JSON = "application/json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** As many as the group keeps. */
    private static final int CACHED_MAX = 1024;

    /** Rounds that this gateway orders at the same time: no more than a small part of its session. */
    private static final int UNDER_WAY_MAX = 64;

    /** RFC 8470; the library has no name for it. */
    private static final Status TOO_EARLY = Status.create(425, "Too Early");

    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final String NOT_AT_ALL = "no-store";

    private final Submission submission;
    private final Supplier<Optional<BeaconInfo>> info;
    private final InstantSource clock;
    private final Cache cache = new Cache();

    /** By round, what is being ordered; 0 stands for the newest. */
    private final ConcurrentMap<Long, CompletableFuture<byte[]>> underWay = new ConcurrentHashMap<>();

    /**
     * @param info of the present configuration of the group, asked for each request; empty while the group makes its key
     * @param clock tells when it is worth while to ask for another round; what time it is the group says
     */
    public BeaconGateway(Submission submission, Supplier<Optional<BeaconInfo>> info, InstantSource clock) {
        this.submission = submission;
        this.info = info;
        this.clock = clock;
    }

    @Override
    public String service() {
        return "beacon";
    }

    @Override
    public String path() {
        return PATH + "/latest";
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        for (HttpRouting.Builder routes : new HttpRouting.Builder[] {plain, tls}) {
            routes.get(PATH + "/info", handler(this::info));
            for (String base : new String[] {PATH, PATH + "/public"}) {
                routes.get(base + "/latest", handler(request -> round(Beacon.NEWEST)));
                routes.get(base + "/{round}", handler(this::named));
            }
        }
    }

    /** What to answer, and for how long caches may. */
    private record Cacheable(Answer answer, String caching) {}

    private interface Question {
        Cacheable answer(ServerRequest request) throws InterruptedException;
    }

    private static Handler handler(Question question) {
        return (request, response) -> send(response, question.answer(request));
    }

    private static void send(ServerResponse response, Cacheable reply) {
        Answer answer = reply.answer();
        response.status(answer.status() == TOO_EARLY.code() ? TOO_EARLY : Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        response.header(HeaderNames.CACHE_CONTROL, reply.caching());
        if (answer.status() == Status.SERVICE_UNAVAILABLE_503.code()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        response.send(answer.body());
    }

    private static Cacheable refusal(int status, String sentence) {
        return new Cacheable(Answer.text(status, sentence), NOT_AT_ALL);
    }

    private static Answer json(ObjectNode node) {
        try {
            return new Answer(200, JSON, MAPPER.writeValueAsBytes(node));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of names and numbers can be written", e);
        }
    }

    private static Cacheable unmade() {
        return refusal(503, "the group is making the key of its beacon, which nobody dealt; come back");
    }

    private Cacheable info(ServerRequest request) {
        return info.get().map(BeaconGateway::told).orElseGet(BeaconGateway::unmade);
    }

    private static Cacheable told(BeaconInfo present) {
        ObjectNode node = MAPPER.createObjectNode()
                .put("public_key", HexFormat.of().formatHex(present.publicKey()))
                .put("period", present.schedule().periodSeconds())
                .put("genesis_time", present.schedule().genesisSeconds())
                .put("hash", present.hash().toString())
                .put("groupHash", present.group().toString())
                .put("schemeID", BeaconInfo.SCHEME);
        node.putObject("metadata").put("beaconID", present.id());
        // A group that gets new keys has another chain from then on.
        return new Cacheable(json(node), "public, max-age=60");
    }

    private Cacheable named(ServerRequest request) throws InterruptedException {
        String text = request.path().pathParameters().get("round");
        // 18 digits are a number for sure, and more than any round that will come.
        return text.matches("[0-9]{1,18}")
                ? round(Long.parseLong(text))
                : refusal(400, "a round is a number: ask for /beacon/latest, /beacon/1234 or /beacon/info");
    }

    /** @param asked 0 for the newest */
    private Cacheable round(long asked) throws InterruptedException {
        Optional<BeaconInfo> present = info.get();
        return present.isPresent() ? round(present.get(), asked) : unmade();
    }

    private Cacheable round(BeaconInfo present, long asked) throws InterruptedException {
        BeaconSchedule schedule = present.schedule();
        long now = schedule.roundAt(clock.millis() * 1_000);
        byte[] known = cache.signature(present, asked == Beacon.NEWEST ? now : asked);
        if (known != null) {
            return signed(present, asked, new BeaconAnswer.Signed(asked == Beacon.NEWEST ? now : asked, known));
        }
        if (asked > now) {
            return early(schedule, asked);
        }
        BeaconAnswer answer;
        try {
            answer = BeaconAnswer.CODEC.decode(order(asked).get());
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case TimeoutException timeout -> refusal(503, "the group did not answer in time; come back");
                case Submission.Busy busy -> refusal(503, "too many requests wait; come back");
                case Submission.Undone undone -> refusal(500, UndoneCommand.SENTENCE);
                case null, default -> throw new IllegalStateException("the group refused a round", e);
            };
        } catch (Submission.Busy e) {
            return refusal(503, "too many requests wait; come back");
        }
        return switch (answer) {
            case BeaconAnswer.Signed signed -> checked(present, asked, signed);
            case BeaconAnswer.Early early -> early(schedule, asked == Beacon.NEWEST ? early.newest() + 1 : asked);
            case BeaconAnswer.Unmade _ -> unmade();
            case BeaconAnswer.Busy busy -> refusal(503, "many old rounds are being signed again; come back");
            case BeaconAnswer.Malformed malformed ->
                throw new IllegalStateException("the group did not understand its own gateway");
        };
    }

    private CompletableFuture<byte[]> order(long round) {
        if (underWay.size() >= UNDER_WAY_MAX && !underWay.containsKey(round)) {
            throw new Submission.Busy("too many rounds are asked for");
        }
        CompletableFuture<byte[]> flight = underWay.computeIfAbsent(
                round,
                key -> submission.submit(Beacon.NAME, new Writer().u64(key).toBytes()));
        flight.whenComplete((result, failure) -> underWay.remove(round, flight));
        return flight;
    }

    /** While the group goes over to new keys, its answer and what this replica knows of it may be of different ones. */
    private Cacheable checked(BeaconInfo present, long asked, BeaconAnswer.Signed signed) {
        byte[] message = BeaconSchedule.message(signed.round());
        if (!BlsSignature.verify(present.publicKey(), message, signed.signature())) {
            return refusal(503, "the group is getting new keys; come back");
        }
        cache.keep(present, signed);
        return signed(present, asked, signed);
    }

    private Cacheable signed(BeaconInfo present, long asked, BeaconAnswer.Signed signed) {
        HexFormat hex = HexFormat.of();
        Answer answer = json(MAPPER.createObjectNode()
                .put("round", signed.round())
                .put("randomness", hex.formatHex(BeaconSchedule.randomness(signed.signature())))
                .put("signature", hex.formatHex(signed.signature())));
        if (asked != Beacon.NEWEST) {
            return new Cacheable(answer, FOR_EVER);
        }
        long left = present.schedule().timeMicros(signed.round() + 1) / 1_000_000 - clock.millis() / 1_000;
        return new Cacheable(answer, left > 0 ? "public, max-age=" + left : NOT_AT_ALL);
    }

    private static Cacheable early(BeaconSchedule schedule, long round) {
        long micros = schedule.timeMicros(round);
        String when = micros == Long.MAX_VALUE ? "never" : "at " + Instant.ofEpochSecond(micros / 1_000_000);
        return refusal(TOO_EARLY.code(), "round " + round + " comes " + when + "; nobody knows its value before");
    }

    /** Rounds of one key. */
    private static final class Cache {
        private final SortedMap<Long, byte[]> signatures = new TreeMap<>();
        private byte[] publicKey = {};

        private void turnTo(BeaconInfo present) {
            byte[] key = present.publicKey();
            if (!Arrays.equals(publicKey, key)) {
                publicKey = key;
                signatures.clear();
            }
        }

        synchronized byte @Nullable [] signature(BeaconInfo present, long round) {
            turnTo(present);
            return signatures.get(round);
        }

        synchronized void keep(BeaconInfo present, BeaconAnswer.Signed signed) {
            turnTo(present);
            signatures.put(signed.round(), signed.signature());
            if (signatures.size() > CACHED_MAX) {
                signatures.remove(signatures.firstKey());
            }
        }
    }
}
