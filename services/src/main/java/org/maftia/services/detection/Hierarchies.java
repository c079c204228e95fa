package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * How alarms of one site generalise: each value of an attribute has one chain of nodes up to {@code any}.
 *
 * <table>
 * <caption>Levels, from 0</caption>
 * <tr><td>src, dst</td><td>address; its /24 or, in version 6, /64; internal or external; any</td></tr>
 * <tr><td>host</td><td>name; role; any</td></tr>
 * <tr><td>dstPort</td><td>number; none, privileged (below 1024) or high; any</td></tr>
 * <tr><td>hour</td><td>hour of the day at the site; office (the hours 8 to 17, that is until 18:00) or night; any</td></tr>
 * <tr><td>type</td><td>name; its first two parts, split at '-' or ':'; its first part; any</td></tr>
 * </table>
 *
 * <p>The source port is no attribute: it is drawn by chance, and only multiplies the tuples.
 *
 * @param attributes by which alarms are compared; the type first, the others in their order
 * @param internal networks of the site besides those that RFC 1918, 4193, 3927 and their like set apart; none longer than a
 *     node of level 1, which must be wholly internal or wholly external
 * @param roles of hosts; one that has none stands for its own role
 * @param roleSuffixes a host whose name ends with '_' and one of these has it as its role, unless {@code roles} says another
 * @param offsetMinutes what the site's clocks are ahead of UTC; one number, since replicas whose tables of time zones differ
 *     would come to different results
 */
public record Hierarchies(
        List<Attribute> attributes,
        List<Prefix> internal,
        SortedMap<String, String> roles,
        List<String> roleSuffixes,
        int offsetMinutes) {
    /** Where src and dst stand below {@code any}. */
    public static final int SUBNET_LEVEL = 1;

    public static final String INTERNAL = "internal";
    static final String EXTERNAL = "external";
    public static final String OFFICE = "office";
    static final String NIGHT = "night";
    public static final String PRIVILEGED = "privileged";
    static final String HIGH = "high";

    /** Networks that a site can state. */
    private static final int INTERNAL_MAX = 4096;

    /** Hosts whose roles a site can state. */
    private static final int ROLES_MAX = 1_000_000;

    private static final int SUFFIXES_MAX = 256;
    private static final int OFFSET_MINUTES_MAX = 18 * 60;
    private static final int SUBNET_V4 = 24;
    private static final int SUBNET_V6 = 64;
    private static final int PRIVILEGED_END = 1024;
    private static final int OFFICE_BEGIN = 8;
    private static final int OFFICE_END = 18;
    private static final long MINUTE_MICROS = 60_000_000L;
    private static final long HOUR_MICROS = 60 * MINUTE_MICROS;
    static final int HOURS_A_DAY = 24;

    /** Loopback of version 6 is one address; its whole /64 counts, of which nothing else is in use (RFC 4291). */
    private static final List<Prefix> RESERVED = Stream.of(
                    "10.0.0.0/8",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "::/64",
                    "fc00::/7",
                    "fe80::/10")
            .map(text -> Prefix.parse(text).orElseThrow())
            .toList();

    public Hierarchies {
        attributes = List.copyOf(attributes);
        internal = internal.stream().sorted().distinct().toList();
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        roleSuffixes = roleSuffixes.stream().sorted().distinct().toList();
        boolean ordered = attributes.stream().sorted().distinct().toList().equals(attributes);
        check(ordered && attributes.contains(Attribute.TYPE), "the attributes begin with the type, in their order");
        check(internal.size() <= INTERNAL_MAX, "at most " + INTERNAL_MAX + " internal networks");
        for (Prefix prefix : internal) {
            check(prefix.length() <= subnetBits(prefix.base()), prefix + " is smaller than what alarms are grouped by");
        }
        check(roles.size() <= ROLES_MAX, "at most " + ROLES_MAX + " hosts with roles");
        roles.forEach((host, role) -> check(isName(host) && isName(role), "hosts and roles have clean names"));
        check(roleSuffixes.size() <= SUFFIXES_MAX, "at most " + SUFFIXES_MAX + " suffixes");
        roleSuffixes.forEach(suffix -> check(isName(suffix), "suffixes are clean names"));
        check(Math.abs(offsetMinutes) <= OFFSET_MINUTES_MAX, "an offset from UTC is at most 18 hours");
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && !text.equals(Node.ABSENT) && Alarm.isClean(text);
    }

    private static void check(boolean valid, String rule) {
        if (!valid) {
            throw new IllegalArgumentException(rule);
        }
    }

    /** All attributes, nothing known of the site, whose clocks show UTC. */
    public static Hierarchies ofNothing() {
        return of(List.of(Attribute.values()));
    }

    /** These attributes, nothing known of the site, whose clocks show UTC. */
    public static Hierarchies of(List<Attribute> attributes) {
        return new Hierarchies(attributes, List.of(), new TreeMap<>(), List.of(), 0);
    }

    /** Names them: a filter means what it means under these hierarchies only. */
    public Digest digest() {
        Transcript transcript = Transcript.of("detection hierarchies").field(attributes.size());
        attributes.forEach(attribute -> transcript.field(attribute.text()));
        transcript.field(internal.size());
        internal.forEach(prefix -> transcript.field(prefix.toString()));
        transcript.field(roles.size());
        roles.forEach((host, role) -> transcript.field(host).field(role));
        transcript.field(roleSuffixes.size());
        roleSuffixes.forEach(transcript::field);
        return transcript.field(offsetMinutes).digest();
    }

    /** One encoding for each value. */
    public void write(Writer writer) {
        writer.u8(attributes.size());
        attributes.forEach(attribute -> writer.u8(attribute.ordinal()));
        writer.u32(internal.size());
        internal.forEach(prefix -> writer.string(prefix.toString()));
        writer.u32(roles.size());
        roles.forEach((host, role) -> writer.string(host).string(role));
        writer.u32(roleSuffixes.size());
        roleSuffixes.forEach(writer::string);
        writer.u16(offsetMinutes + OFFSET_MINUTES_MAX);
    }

    /**
     * What was written so.
     *
     * @throws MalformedException if nothing was
     */
    public static Hierarchies read(Reader reader) {
        List<Attribute> attributes = new ArrayList<>();
        for (int left = reader.u8(); left > 0; left--) {
            int ordinal = reader.u8();
            if (ordinal >= Attribute.values().length) {
                throw new MalformedException("no attribute");
            }
            attributes.add(Attribute.values()[ordinal]);
        }
        List<Prefix> internal = reader.list(
                INTERNAL_MAX,
                2,
                each -> Prefix.parse(each.string(Alarm.TEXT_BYTES_MAX))
                        .orElseThrow(() -> new MalformedException("no network")));
        SortedMap<String, String> roles = new TreeMap<>();
        for (long left = reader.u32(); left > 0; left--) {
            String host = reader.string(Alarm.TEXT_BYTES_MAX);
            roles.put(host, reader.string(Alarm.TEXT_BYTES_MAX));
        }
        List<String> suffixes = reader.list(SUFFIXES_MAX, 2, each -> each.string(Alarm.TEXT_BYTES_MAX));
        try {
            return new Hierarchies(attributes, internal, roles, suffixes, reader.u16() - OFFSET_MINUTES_MAX);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
    }

    /** Hours as the site's clocks count them, since the last midnight of 1969 but one: never negative. */
    public int siteHour(long timeMicros) {
        return (int) Math.floorDiv(timeMicros + offsetMinutes * MINUTE_MICROS, HOUR_MICROS) + HOURS_A_DAY;
    }

    /** What an alarm says itself. */
    public Node leaf(Attribute attribute, Alarm alarm) {
        return switch (attribute) {
            case TYPE -> new Node(0, alarm.type());
            case SRC -> address(alarm.src());
            case DST -> address(alarm.dst());
            case DST_PORT -> port(alarm.dstPort());
            case HOST -> host(alarm.host());
            case HOUR -> hour(siteHour(alarm.timeMicros()));
        };
    }

    /** All that an alarm says itself. */
    public Tuple leaf(Alarm alarm) {
        return new Tuple(
                attributes.stream().map(attribute -> leaf(attribute, alarm)).toList());
    }

    static Node address(@Nullable Address address) {
        return new Node(0, address == null ? Node.ABSENT : address.toString());
    }

    static Node port(int port) {
        return new Node(0, port <= 0 ? Node.ABSENT : Integer.toString(port));
    }

    static Node host(@Nullable String host) {
        return new Node(0, host == null || host.isEmpty() ? Node.ABSENT : host);
    }

    static Node hour(int siteHour) {
        int hour = Math.floorMod(siteHour, HOURS_A_DAY);
        return new Node(0, hour < 10 ? "0" + hour : Integer.toString(hour));
    }

    /** Whether an attribute can have such a node: it is written in the one way in which it is made. */
    public boolean isNode(Attribute attribute, Node node) {
        if (node.level() >= height(attribute)) {
            return node.level() == height(attribute) && node.isAny();
        }
        if (node.isAny() || !Alarm.isClean(node.value())) {
            return false;
        }
        if (attribute != Attribute.TYPE && node.isAbsent()) {
            return attribute != Attribute.HOUR;
        }
        String value = node.value();
        return switch (attribute) {
            case TYPE -> parts(value, 3 - node.level()).equals(value) || node.level() == 0;
            case SRC, DST -> isAddressNode(node.level(), value);
            case DST_PORT ->
                node.level() == 0 ? isNumber(value, 1, 65535) : value.equals(PRIVILEGED) || value.equals(HIGH);
            case HOST -> true;
            case HOUR -> node.level() == 0 ? isHour(value) : value.equals(OFFICE) || value.equals(NIGHT);
        };
    }

    private static boolean isAddressNode(int level, String value) {
        return switch (level) {
            case 0 ->
                Address.parse(value)
                        .map(Address::toString)
                        .filter(value::equals)
                        .isPresent();
            case SUBNET_LEVEL ->
                Prefix.parse(value)
                        .filter(prefix -> subnet(prefix.base()).equals(prefix)
                                && prefix.toString().equals(value))
                        .isPresent();
            default -> value.equals(INTERNAL) || value.equals(EXTERNAL);
        };
    }

    /** Whether a text is a number of this range as this program writes it. */
    private static boolean isNumber(String text, int min, int max) {
        boolean decimal = text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (text.isEmpty() || !decimal || text.charAt(0) == '0') {
            return false;
        }
        int number = Integer.parseInt(text);
        return number >= min && number <= max;
    }

    private static boolean isHour(String text) {
        return text.length() == 2
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) < HOURS_A_DAY;
    }

    /** The level of {@code any}. */
    public int height(Attribute attribute) {
        return switch (attribute) {
            case TYPE, SRC, DST -> 3;
            case DST_PORT, HOST, HOUR -> 2;
        };
    }

    /** One step up; {@code any} is above itself. */
    public Node parent(Attribute attribute, Node node) {
        int level = node.level() + 1;
        if (level >= height(attribute)) {
            return new Node(height(attribute), "");
        }
        if (attribute != Attribute.TYPE && node.isAbsent()) {
            return new Node(level, Node.ABSENT);
        }
        return new Node(
                level,
                switch (attribute) {
                    case TYPE -> parts(node.value(), level == 1 ? 2 : 1);
                    case SRC, DST -> level == SUBNET_LEVEL ? subnet(node.value()) : side(node.value());
                    case DST_PORT -> Integer.parseInt(node.value()) < PRIVILEGED_END ? PRIVILEGED : HIGH;
                    case HOST -> role(node.value());
                    case HOUR -> isOffice(Integer.parseInt(node.value())) ? OFFICE : NIGHT;
                });
    }

    /** The ancestor at a level, or the node itself. */
    public Node lifted(Attribute attribute, Node node, int level) {
        Node lifted = node;
        while (lifted.level() < level) {
            lifted = parent(attribute, lifted);
        }
        return lifted;
    }

    /** Whether the second tuple lies below the first, or is the same. */
    public boolean covers(Tuple above, Tuple below) {
        for (int i = 0; i < attributes.size(); i++) {
            Node node = above.nodes().get(i);
            if (!lifted(attributes.get(i), below.nodes().get(i), node.level()).equals(node)) {
                return false;
            }
        }
        return true;
    }

    private static String parts(String type, int count) {
        int left = count;
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            if ((c == '-' || c == ':') && --left == 0) {
                return i == 0 ? type : type.substring(0, i);
            }
        }
        return type;
    }

    private static int subnetBits(Address address) {
        return address.version() == 4 ? SUBNET_V4 : SUBNET_V6;
    }

    private static String subnet(String value) {
        return subnet(Address.parse(value).orElseThrow()).toString();
    }

    /** The node of level 1 that an address lies in. */
    public static Prefix subnet(Address address) {
        return new Prefix(address, subnetBits(address));
    }

    private String side(String subnet) {
        return isInternal(Prefix.parse(subnet).orElseThrow().base()) ? INTERNAL : EXTERNAL;
    }

    /** All networks whose addresses are internal. */
    public List<Prefix> internalNetworks() {
        return Stream.concat(RESERVED.stream(), internal.stream()).toList();
    }

    /** Whether an address is of the site. */
    public boolean isInternal(Address address) {
        for (Prefix prefix : RESERVED) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        for (Prefix prefix : internal) {
            if (prefix.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** What a host is for. */
    public String role(String host) {
        String stated = roles.get(host);
        if (stated != null) {
            return stated;
        }
        int underscore = host.lastIndexOf('_');
        String suffix = host.substring(underscore + 1);
        return underscore >= 0 && roleSuffixes.contains(suffix) ? suffix : host;
    }

    /** Whether people are at work then. */
    public static boolean isOffice(int hourOfDay) {
        return hourOfDay >= OFFICE_BEGIN && hourOfDay < OFFICE_END;
    }
}
