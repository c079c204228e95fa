package org.maftia.services.authority.acme;

import java.util.List;
import java.util.Optional;

/**
 * What a client wants of its account (RFC 8555, sections 7.3 to 7.3.6).
 *
 * @param contacts empty where nothing is said of them
 * @param onlyExisting whether no account is to be made
 * @param deactivate whether the account is to end
 * @param binding to an account elsewhere (section 7.3.4)
 */
public record AccountWish(
        Optional<List<String>> contacts, boolean onlyExisting, boolean deactivate, Optional<Binding> binding) {
    private static final int CONTACTS_MAX = 8;
    private static final int CONTACT_LENGTH_MAX = 254;

    /** @throws Refusal when the bytes say no such thing */
    public static AccountWish decode(byte[] payload) {
        Json json = Json.object(payload, "the account");
        Optional<List<String>> contacts =
                json.has("contact") ? Optional.of(json.texts("contact", CONTACTS_MAX)) : Optional.empty();
        for (String contact : contacts.orElse(List.of())) {
            if (contact.length() > CONTACT_LENGTH_MAX || !contact.matches("mailto:[!-~]+@[!-~]+")) {
                throw Json.malformed("a contact is one mail address: mailto:name@example.org");
            }
        }
        Optional<String> status = json.text("status");
        if (status.isPresent()
                && !status.get().equals("deactivated")
                && !status.get().equals("valid")) {
            throw Json.malformed("an account can be set to \"deactivated\" only");
        }
        json.flag("termsOfServiceAgreed");
        return new AccountWish(
                contacts,
                json.flag("onlyReturnExisting"),
                status.filter("deactivated"::equals).isPresent(),
                json.child("externalAccountBinding").map(Binding::of));
    }
}
