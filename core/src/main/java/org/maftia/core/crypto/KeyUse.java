package org.maftia.core.crypto;

/**
 * One use of a key of the discrete-logarithm schemes: what each of their hashes starts with, so that none serves in
 * another group, for another key, after a refresh or for another instance.
 *
 * @param epoch of the key, or 0 in what must come out the same after a refresh
 * @param name of the instance and of what it asks the key for
 */
record KeyUse(String group, String keyId, long epoch, String name) {
    Transcript transcript(String tag) {
        return Transcript.of(tag).field(group).field(keyId).field(epoch).field(name);
    }

    KeyUse acrossEpochs() {
        return new KeyUse(group, keyId, 0, name);
    }
}
