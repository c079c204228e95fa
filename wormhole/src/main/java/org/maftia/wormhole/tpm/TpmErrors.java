package org.maftia.wormhole.tpm;

/** What the codes of TPM_RC mean; part 2, clause 6.6. */
final class TpmErrors {
    static final int HANDLE = 0x8b;
    static final int NV_UNINITIALIZED = 0x14a;
    static final int NV_DEFINED = 0x14c;
    static final int INITIALIZE = 0x100;
    static final int TESTING = 0x90a;
    static final int NV_RATE = 0x920;
    static final int LOCKOUT = 0x921;
    static final int RETRY = 0x922;

    private static final int FORMAT_ONE = 0x80;
    private static final int PARAMETER = 0x40;

    private TpmErrors() {}

    /** The code without the number of the handle, parameter or session that it is about. */
    static int kind(int code) {
        return (code & FORMAT_ONE) == 0 ? code : code & 0xbf;
    }

    /** Whether the same command may go through a little later. */
    static boolean passes(int code) {
        return code == RETRY || code == TESTING || code == NV_RATE || code == 0x908;
    }

    static String sentence(int code) {
        if ((code & FORMAT_ONE) == 0) {
            return code >= 0x900 ? warning(code) : error(code);
        }
        int number = code >> 8 & 0xf;
        String about = (code & PARAMETER) != 0
                ? "parameter " + number
                : number >= 8 ? "session " + (number - 8) : number > 0 ? "handle " + number : "the command";
        return about + ": " + detail(code & 0x3f);
    }

    private static String error(int code) {
        return switch (code) {
            case INITIALIZE -> "it was not started, or is started already";
            case 0x101 -> "it is in failure mode; only a reset of the machine helps";
            case 0x103 -> "the sequence is improper";
            case 0x10b -> "the command is not implemented as it is asked for";
            case 0x119 -> "the command is disabled";
            case 0x120 -> "the hierarchy or the command is disabled";
            case 0x121 -> "an audit session must be exclusive";
            case 0x124 -> "the handle needs another kind of authorization";
            case 0x125 -> "an authorization is missing";
            case 0x126 -> "the policy failed";
            case 0x127 -> "the PCR cannot be used so";
            case 0x128 -> "PCRs have changed since they were checked";
            case 0x12d -> "an upgrade of its firmware is under way";
            case 0x12e -> "too many contexts are saved";
            case 0x12f -> "the authorization is not available for this entity";
            case 0x130 -> "it wants a reset of the machine first";
            case 0x131 -> "the key has not the strength that is asked for";
            case 0x142 -> "the length of the command is inconsistent";
            case 0x143 -> "it does not know the command";
            case 0x144 -> "the length of the authorization is inconsistent";
            case 0x145 -> "the command takes no authorization";
            case 0x146 -> "the range lies outside the NV index";
            case 0x147 -> "the NV index is too large";
            case 0x148 -> "the NV index is locked";
            case 0x149 -> "the authorization does not allow that with this NV index";
            case NV_UNINITIALIZED -> "the NV index was never written";
            case 0x14b -> "there is no room for an NV index";
            case NV_DEFINED -> "the NV index exists already";
            case 0x150 -> "the context is not valid";
            case 0x151 -> "the parameters are not those that were authorized";
            case 0x152 -> "the parent is not valid";
            case 0x153 -> "an algorithm must be tested first";
            case 0x154 -> "there is no result";
            case 0x155 -> "the sensitive part is malformed";
            default -> "no sentence is known for this code";
        };
    }

    private static String warning(int code) {
        return switch (code) {
            case 0x901 -> "the numbers of contexts are too far apart";
            case 0x902 -> "there is no room for another object; somebody has not flushed his";
            case 0x903 -> "there is no room for another session";
            case 0x904 -> "it is out of memory";
            case 0x905 -> "there are no handles for sessions";
            case 0x906 -> "there are no handles for objects";
            case 0x907 -> "the locality is not allowed";
            case 0x908 -> "it has put the command off";
            case 0x909 -> "the command was cancelled";
            case TESTING -> "it is testing itself";
            case NV_RATE -> "it protects its memory from wear and asks to wait";
            case LOCKOUT ->
                "it is locked after unclean stops or wrong passwords; wait, or let the owner reset the lockout";
            case RETRY -> "it could not begin the command and asks to try again";
            case 0x923 -> "its memory cannot be written now";
            default ->
                code >= 0x910 && code <= 0x916
                        ? "handle " + (code - 0x910 + 1) + " is not loaded"
                        : code >= 0x918 && code <= 0x91e
                                ? "session " + (code - 0x918 + 1) + " is not loaded"
                                : "no sentence is known for this code";
        };
    }

    private static String detail(int code) {
        return switch (code) {
            case 0x01 -> "the asymmetric algorithm is not supported";
            case 0x02 -> "the attributes are inconsistent";
            case 0x03 -> "the hash is not supported";
            case 0x04 -> "the value is out of range";
            case 0x05 -> "the hierarchy is not enabled or not right";
            case 0x07 -> "the size of the key is not supported";
            case 0x08, 0x0c -> "the derivation is not supported";
            case 0x09 -> "the mode is not supported";
            case 0x0a -> "the type is not right";
            case 0x0b -> "the handle is not right, or nothing is there";
            case 0x0d -> "the value is not in its range";
            case 0x0e -> "the authorization failed, and counts towards the lockout";
            case 0x0f -> "the nonce is not right";
            case 0x10 -> "somebody must be present at the machine";
            case 0x12 -> "the scheme is not supported";
            case 0x15 -> "the size is not right";
            case 0x16 -> "the symmetric algorithm is not supported";
            case 0x17 -> "the tag is not right";
            case 0x18 -> "the selector is not right";
            case 0x1a -> "bytes are missing";
            case 0x1b -> "the signature is not valid";
            case 0x1c -> "the key cannot be used so";
            case 0x1d -> "the policy failed";
            case 0x1f -> "the integrity check failed";
            case 0x20 -> "the ticket is not valid";
            case 0x21 -> "reserved bits are set";
            case 0x22 -> "the authorization failed";
            case 0x23 -> "the policy has expired";
            case 0x24 -> "the policy is for another command";
            case 0x25 -> "the public and the sensitive part do not belong together";
            case 0x26 -> "the curve is not supported";
            case 0x27 -> "the point is not on the curve";
            default -> "no sentence is known for this code";
        };
    }
}
