/**
 * A public randomness beacon: one value each period, the same for everybody, that nobody knew before its time and nobody
 * could choose, and that anyone verifies with one public key, as it is the group's signature of the round's number.
 *
 * <p>Why that is so: a message has one BLS signature, so there is nothing to choose; no fault set makes it alone, and a
 * correct replica signs a round only when {@link org.maftia.services.beacon.Beacon the log} says that its time has come,
 * which the clocks of a kernel bear out. Whoever asks for an old round gets the same value again, as it can be made again.
 *
 * {@snippet lang="java" :
 * BeaconSchedule schedule = new BeaconSchedule(genesisSeconds, 30);
 * long round = schedule.roundAt(timeMicros);
 * byte[] signature = ...;                                       // from any gateway, or any cache
 * boolean genuine = BlsSignature.verify(publicKey, BeaconSchedule.message(round), signature);
 * byte[] randomness = BeaconSchedule.randomness(signature);
 * }
 *
 * <p>Source: drand's scheme {@code bls-unchained-g1-rfc9380}; Cachin, Kursawe, Shoup, "Random oracles in Constantinople"
 * (J. Cryptology 2005), for a unique threshold signature as a coin.
 */
@NullMarked
package org.maftia.services.beacon;

import org.jspecify.annotations.NullMarked;
