// node verify.mjs FILE...: says of each credential, and of each of its proofs, whether it holds, by libraries that share
// nothing with this repository. Ends with 1 when one doesn't.
import {readFileSync} from 'node:fs';
import jsigs from 'jsonld-signatures';
import {defaultDocumentLoader, verifyCredential} from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as jcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';

// A did:key is its own document.
const loader = async url => {
  if(!url.startsWith('did:key:')) return defaultDocumentLoader(url);
  const did = url.split('#')[0], key = did.slice('did:key:'.length), id = `${did}#${key}`;
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id, type: 'Multikey', controller: did, publicKeyMultibase: key,
  };
  const whole = {'@context': 'https://www.w3.org/ns/did/v1', id: did, assertionMethod: [method]};
  return {documentUrl: url, document: url.includes('#') ? method : whole};
};
const suite = () =>
  new DataIntegrityProof({cryptosuite: jcs.createVerifyCryptosuite()});
let wrong = 0;
for(const file of process.argv.slice(2)) {
  const credential = JSON.parse(readFileSync(file));
  // As a credential: the issuer's proof, the dates, the form.
  const whole = await verifyCredential({credential, suite: suite(), documentLoader: loader});
  console.log(file, 'credential', whole.verified, whole.error?.errors?.map(e => e.message) ?? '');
  wrong += !whole.verified;
  // Each proof of the set, as an assertion by its own key.
  for(const proof of [credential.proof].flat()) {
    const one = await jsigs.verify({...credential, proof}, {
      suite: suite(), documentLoader: loader, purpose: new jsigs.purposes.AssertionProofPurpose(),
    });
    console.log(file, 'proof', proof.verificationMethod.split('#')[1], one.verified);
    wrong += !one.verified;
  }
}
process.exit(wrong ? 1 : 0);
