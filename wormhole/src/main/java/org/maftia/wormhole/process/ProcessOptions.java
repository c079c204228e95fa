package org.maftia.wormhole.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.maftia.wormhole.Claim;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * How a component's process is started, as {@code key=value} arguments.
 *
 * @param socket path of the Unix-domain socket
 * @param state directory of the identity key, and of the counters if they persist
 * @param group 16 bytes
 * @param ttcb its number
 * @param epoch what the group calls this start; of a persistent component, that of its first start; 0 where a TPM
 *     counts the starts
 * @param previousEpoch the epoch before, 0 for none
 * @param profile how it seals
 * @param persistent whether counters and keys are kept in the state directory
 * @param allowedUser numeric id of the user that may connect
 * @param user numeric id of the user to become, -1 to stay
 * @param boundMicros L: how late it may be woken before it stops
 * @param clockErrorMicros how far the operator's time service lets the clock be off
 * @param realTime whether to ask for real-time scheduling
 * @param enforce whether to stop at a missed bound; without it the component measures only, and is not timely
 * @param sandbox {@code kill}, {@code learn} or {@code off}
 * @param tpm where the TPM is that counts and attests the starts: {@code device:PATH}, {@code unix:PATH}, {@code
 *     tcp:PORT}; empty for none
 * @param require what the component must carry, or it does not start
 * @param lifeline whether to stop when standard input ends
 */
public record ProcessOptions(
        Path socket,
        Path state,
        Stream group,
        int ttcb,
        long epoch,
        long previousEpoch,
        TagProfile profile,
        boolean persistent,
        int allowedUser,
        int user,
        long boundMicros,
        long clockErrorMicros,
        boolean realTime,
        boolean enforce,
        String sandbox,
        String tpm,
        Set<Claim> require,
        boolean lifeline) {

    /**
     * Reads arguments; an unknown or missing key is an error.
     *
     * @throws IllegalArgumentException with one sentence
     */
    public static ProcessOptions of(String... arguments) {
        Map<String, String> values = new TreeMap<>(Map.ofEntries(
                Map.entry("previous-epoch", "0"),
                Map.entry("profile", "hmac"),
                Map.entry("persistent", "false"),
                Map.entry("user", "-1"),
                Map.entry("bound-micros", "5000"),
                Map.entry("clock-error-micros", "100000"),
                Map.entry("real-time", "true"),
                Map.entry("enforce", "true"),
                Map.entry("sandbox", "kill"),
                Map.entry("tpm", ""),
                Map.entry("require", ""),
                Map.entry("lifeline", "false")));
        List<String> required = List.of("socket", "state", "group", "ttcb", "epoch", "allowed-user");
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String key = equals < 0 ? argument : argument.substring(0, equals);
            if (equals < 0 || !(values.containsKey(key) || required.contains(key))) {
                throw new IllegalArgumentException("no such option: " + argument);
            }
            values.put(key, argument.substring(equals + 1));
        }
        if (!text(values, "tpm").isEmpty()) {
            values.putIfAbsent("epoch", "0");
        }
        for (String key : required) {
            if (!values.containsKey(key)) {
                throw new IllegalArgumentException("the option " + key + "= is missing");
            }
        }
        return of(values);
    }

    private static ProcessOptions of(Map<String, String> values) {
        String sandbox = text(values, "sandbox");
        if (!List.of("kill", "learn", "off").contains(sandbox)) {
            throw new IllegalArgumentException("sandbox= is kill, learn or off");
        }
        TagProfile profile = switch (text(values, "profile")) {
            case "hmac" -> TagProfile.HMAC;
            case "p256" -> TagProfile.P256;
            default -> throw new IllegalArgumentException("profile= is hmac or p256");
        };
        if (flag(values, "persistent") && profile == TagProfile.HMAC) {
            throw new IllegalArgumentException("persistent= needs profile=p256: no group key is kept on a disk");
        }
        if (!text(values, "tpm").isEmpty() && (flag(values, "persistent") || number(values, "epoch") != 0)) {
            throw new IllegalArgumentException(
                    "tpm= gives each start its epoch: neither persistent= nor epoch= beside it");
        }
        return new ProcessOptions(
                Path.of(text(values, "socket")),
                Path.of(text(values, "state")),
                Stream.of(HexFormat.of().parseHex(text(values, "group")), Stream.COMPONENT),
                (int) number(values, "ttcb"),
                number(values, "epoch"),
                number(values, "previous-epoch"),
                profile,
                flag(values, "persistent"),
                (int) number(values, "allowed-user"),
                (int) number(values, "user"),
                number(values, "bound-micros"),
                number(values, "clock-error-micros"),
                flag(values, "real-time"),
                flag(values, "enforce"),
                sandbox,
                text(values, "tpm"),
                claims(text(values, "require")),
                flag(values, "lifeline"));
    }

    /** Names of claims as configurations have them, with commas in between. */
    private static Set<Claim> claims(String names) {
        Set<Claim> claims = EnumSet.noneOf(Claim.class);
        for (String name : names.isEmpty() ? new String[0] : names.split(",", -1)) {
            claims.add(Claim.named(name));
        }
        return claims;
    }

    private static String text(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("the option " + key + "= is missing");
        }
        return value;
    }

    private static long number(Map<String, String> values, String key) {
        try {
            return Long.parseLong(text(values, key));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the option " + key + "= is a number", e);
        }
    }

    private static boolean flag(Map<String, String> values, String key) {
        return switch (text(values, key)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("the option " + key + "= is true or false");
        };
    }

    /** The arguments that {@link #of} reads back as these options. */
    public List<String> arguments() {
        byte[] name = new byte[Stream.GROUP_LENGTH];
        BigEndian.u64(name, 0, group.groupHigh());
        BigEndian.u64(name, 8, group.groupLow());
        return new ArrayList<>(List.of(
                "socket=" + socket,
                "state=" + state,
                "group=" + HexFormat.of().formatHex(name),
                "ttcb=" + ttcb,
                "epoch=" + epoch,
                "previous-epoch=" + previousEpoch,
                "profile=" + (profile == TagProfile.HMAC ? "hmac" : "p256"),
                "persistent=" + persistent,
                "allowed-user=" + allowedUser,
                "user=" + user,
                "bound-micros=" + boundMicros,
                "clock-error-micros=" + clockErrorMicros,
                "real-time=" + realTime,
                "enforce=" + enforce,
                "sandbox=" + sandbox,
                "tpm=" + tpm,
                "require=" + String.join(",", require.stream().map(Claim::named).toList()),
                "lifeline=" + lifeline));
    }
}
