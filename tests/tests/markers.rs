//! Nothing that was read can be found on the disk without the key, and no error or `Debug` gives it away.

use std::sync::Arc;

use plainchart::{
    CancelToken, Confirmation, Connected, ConnectedPerson, FileKey, FileKeystore, ImportedPerson, Listing,
    MemoryKeystore, PersonView, PlainchartError, Quiet, Relation, Secret, SignInStep, Window, Zeroizing,
};
use plainchart_sandbox::Sandbox;
use plainchart_tests::phone::{KEY, Phone, wait};
use plainchart_tests::strange::{ACCESS_TOKEN, REFRESH_TOKEN, StrangeHospital, query};
use plainchart_tests::{disk, hospital};
use plainchart_vault::Vault;
use serde_json::Value;

/// Every string of a JSON value that says something: names, ids, words of notes, addresses.
fn words_of(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() >= 6 => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| words_of(item, into)),
        Value::Object(members) => members.values().for_each(|member| words_of(member, into)),
        _ => {}
    }
}

/// Names and ids of all people of Lakeside, words planted in their notes, whole lines of the notes, and passwords.
fn planted(lakeside: &Sandbox) -> Vec<String> {
    let words = ["Quillfeather", "Brambleholt", "Tidewhistle", "Lanternquay", "Alder Court", "LKH-204417"];
    let mut all: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let store = lakeside.store();
    for login in lakeside.logins() {
        all.push(login.password);
        all.push(login.patient.clone());
        let patient = hospital::resource(lakeside, "Patient", &login.patient);
        words_of(&patient["name"], &mut all);
        words_of(&patient["birthDate"], &mut all);
        words_of(&patient["identifier"][0]["value"], &mut all);
        for id in store.ids("DocumentReference", &login.patient).into_iter().take(4) {
            let note = hospital::resource(lakeside, "DocumentReference", &id);
            words_of(&note["description"], &mut all);
            words_of(&note["author"], &mut all);
            all.push(id);
        }
        all.extend(store.ids("Observation", &login.patient).into_iter().take(3));
    }
    // Words that are too common to mean anything in bytes, or stand in this program anyway.
    all.retain(|word| word.len() >= 6 && !["official", "Patient", "active"].contains(&word.as_str()));
    all.sort();
    all.dedup();
    all
}

/// The tokens of a store, read with its key: what must not lie there without it.
fn tokens(phone: &mut Phone) -> Vec<String> {
    plainchart_tests::chart::inside(phone, |vault: &Vault| {
        let mut found = Vec::new();
        for name in vault.secret_names().unwrap().names {
            let secret = vault.secret(&name).unwrap().unwrap();
            let value: Value = serde_json::from_slice(secret.expose()).unwrap();
            words_of(&value, &mut found);
        }
        found
    })
}

/// Proves V1, V6, A6: after a whole journey no name, id, word of a note, token or password is on the disk, as it is or
/// in base64, hex or UTF-16; and no name of a file tells one either.
#[test]
fn nothing_planted_is_on_the_disk() {
    let lakeside = hospital::lakeside();
    let mut phone = Phone::for_hospital(&lakeside);
    let url = phone.begin(&lakeside.base()).unwrap();
    let callback = lakeside.approve(&url, "rosa", "").unwrap();
    let mut secrets: Vec<String> = ["state", "nonce"].iter().filter_map(|name| query(&url, name)).collect();
    secrets.extend(query(&callback, "code"));
    let pending = disk::found_in(phone.folder(), &secrets);
    assert_eq!(pending, [""; 0], "a pending sign-in is sealed");
    let SignInStep::Offer(offer) = phone.complete(&callback).unwrap() else { panic!("an offer") };
    assert_eq!(disk::found_in(phone.folder(), &planted(&lakeside)), [""; 0], "an offer is sealed");
    let rosa = phone.confirm(&offer, "lk-1047", Relation::Own);
    let helper = phone.helper();
    let father = phone.connect(&lakeside, "rosa", "aurelio", helper);
    for person in [&rosa, &father] {
        phone.sync(person).unwrap();
        for note in phone.notes(person).items.iter().take(5) {
            phone.app().read_note(person, &note.id).unwrap();
        }
        let _ = phone.results(person);
    }
    phone.import(&hospital::fixtures().join("records/collection.json")).unwrap();
    phone.app().lock().unwrap();
    phone.app().unlock().unwrap();
    let held = tokens(&mut phone);
    assert!(held.len() > 4, "access and refresh tokens of two connections");
    secrets.extend(held);
    secrets.extend(planted(&lakeside));
    secrets.extend(["Hallmoor", "Brackenfold", "Harrowmead"].map(str::to_owned));
    secrets.push(lakeside.base());
    secrets.push(format!("localhost:{}", lakeside.port()));
    assert!(secrets.len() > 60);
    assert_eq!(disk::found_in(phone.home(), &secrets), [""; 0]);
    phone.close();
    assert_eq!(disk::found_in(phone.home(), &secrets), [""; 0], "and when it is closed");
    assert!(disk::files(phone.folder()).len() > 8);
}

/// Proves V6: the search itself finds what is planted, in every disguise: it could fail.
#[test]
fn the_search_finds_what_is_planted() {
    use base64::Engine as _;
    let folder = tempfile::tempdir().unwrap();
    let word = "Quillfeather".to_owned();
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text).into_bytes();
    let forms = [
        word.clone().into_bytes(),
        utf16,
        encode("Quillfeather"),
        encode("xQuillfeather and more"),
        encode("xxQuillfeather, said she"),
        b"5175696c6c66656174686572".to_vec(),
    ];
    for (number, form) in forms.iter().enumerate() {
        let file = folder.path().join("file");
        std::fs::write(&file, [b"noise\0QQuill".as_slice(), form, b"\xffnoise"].concat()).unwrap();
        assert_eq!(disk::found_in(folder.path(), std::slice::from_ref(&word)).len(), 1, "form {number}");
    }
    std::fs::remove_file(folder.path().join("file")).unwrap();
    std::fs::write(folder.path().join("of Quillfeather"), "").unwrap();
    assert_eq!(disk::found_in(folder.path(), &[word]).len(), 1, "a file's name");
}

/// Proves V6, A12: tokens stay inside: none in what the facade answers, and each goes to the hospital's base alone.
#[test]
fn tokens_never_leave_the_core() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let callback = format!("org.plainchart.app:/callback?code=c&state={}", query(&url, "state").unwrap());
    let SignInStep::Offer(offer) = phone.complete(&callback).unwrap() else { panic!("an offer") };
    let shown = format!("{offer:?} {:?}", offer.granted);
    let person = phone.confirm(&offer, "p1", Relation::Own);
    let report = phone.sync(&person).unwrap();
    let log = serde_json::to_string(&phone.app().access_log(&person).unwrap()).unwrap();
    let answers = format!("{shown} {report:?} {log} {:?} {:?}", phone.app(), phone.app().doctor().unwrap());
    for token in [ACCESS_TOKEN, REFRESH_TOKEN] {
        assert!(!answers.contains(token));
    }
    assert!(strange.heard().iter().all(|heard| !heard.target.contains(ACCESS_TOKEN)), "never in an address");
    assert_eq!(disk::found_in(phone.home(), &[ACCESS_TOKEN.to_owned(), REFRESH_TOKEN.to_owned()]), [""; 0]);
}

const MARK: &str = "Zephyrwort";

/// Proves V6: `Debug` of whatever holds a person's words shows none of them.
#[test]
fn debug_shows_no_content() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let patient = hospital::resource(&fernway, "Patient", hospital::NORA).to_string().replace("Fennimarsh", MARK);
    fernway.store().put(&patient.replace("\"Nora\"", "\"Zephyrwort\"")).unwrap();
    fernway.store().put(&hospital::note("z-1", hospital::NORA, "Zephyrwort: denies Zephyrwort.").to_string()).unwrap();
    let result = hospital::result("z-2", hospital::NORA, "1.0").replace("Creatinine", MARK).replace("mg/dL", MARK);
    fernway.store().put(&result).unwrap();
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    assert!(offer.candidates[0].name.as_deref().unwrap().contains(MARK), "the mark is there to be shown");
    let confirmation = Confirmation { patient: hospital::NORA.into(), relation: Relation::Own, person: None };
    let connected: Connected = phone.app().confirm(&offer.id, &confirmation).unwrap();
    let nora = plainchart::PersonId::try_from(connected.person.id.clone()).unwrap();
    let connected_person: &ConnectedPerson = &connected.person;
    let report = phone.sync(&nora).unwrap();
    let notes = phone.notes(&nora);
    let results = phone.results(&nora);
    let open = phone.read(&nora, MARK);
    let people = phone.app().people().unwrap();
    let window: Listing<_> = phone.app().notes(&nora, Window::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{MARK}.json"));
    std::fs::write(&file, patient).unwrap();
    std::fs::write(folder.path().join(format!("{MARK}.txt")), MARK).unwrap();
    std::fs::write(folder.path().join(format!("{MARK}-2.json")), "{\"resourceType\":").unwrap();
    let import = phone.app().import(folder.path(), None, Arc::new(Quiet), &CancelToken::new()).unwrap();
    let imported: Option<&ImportedPerson> = import.people.first();
    let person: &PersonView = &people[0];
    let shown = [
        format!("{offer:?}"),
        format!("{:?}", offer.candidates),
        format!("{connected:?} {connected_person:?}"),
        format!("{report:?}"),
        format!("{notes:?} {:?} {window:?}", notes.items),
        format!("{results:?} {:?} {:?}", results.items, notes.sources),
        format!("{open:?} {:?} {:?} {:?}", open.sections, open.marks, open.summary),
        format!("{person:?} {:?}", person.charts),
        format!("{import:?} {imported:?}"),
        format!("{:?}", phone.app()),
        format!("{:?}", phone.app().access_log(&nora).unwrap()),
        format!("{:?}", phone.app().doctor().unwrap()),
    ];
    for text in &shown {
        assert!(!text.contains(MARK), "{text}");
    }
    // The same with the ids and addresses that lead to a person.
    for text in &shown {
        assert!(!text.contains(hospital::NORA), "{text}");
    }
    let confirmed = format!("{confirmation:?}");
    assert!(!confirmed.contains(hospital::NORA), "{confirmed}");
}

/// Proves V6, A3: `Debug` of a sign-in's steps shows no state, nonce or code.
#[test]
fn debug_of_a_sign_in_shows_no_query() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let state = query(&url, "state").unwrap();
    let step = phone.complete(&format!("org.plainchart.app:/callback?error=invalid_scope&state={state}")).unwrap();
    let SignInStep::OpenBrowser(next) = &step else { panic!("a second address") };
    let state = query(next.as_str(), "state").unwrap();
    assert!(!format!("{step:?}").contains(&state));
    let mut request = phone.request(&format!("https://{MARK}.example/fhir?key={MARK}"));
    request.scope = Some(MARK.to_owned());
    assert!(!format!("{request:?}").contains(MARK));
}

/// Proves V6: keys, keystores and secrets show nothing of themselves.
#[test]
fn debug_of_secrets_shows_nothing() {
    let secret: Secret = Zeroizing::new(MARK.as_bytes().to_vec()).into();
    let folder = tempfile::tempdir().unwrap();
    let passphrase = FileKey::Passphrase(MARK.as_bytes(), plainchart::PassphraseCost::DEFAULT);
    let file = FileKeystore::open(&folder.path().join("k"), &FileKey::Given(&KEY)).unwrap();
    let shown = format!("{secret:?} {passphrase:?} {:?} {file:?} {:?}", FileKey::Given(&KEY), MemoryKeystore::new());
    assert!(!shown.contains(MARK) && !shown.contains("7, 7"), "{shown}");
    assert!(!shown.contains(folder.path().to_str().unwrap()), "{shown}");
}

/// Proves T3, V6: every error that outside input can cause has a code, a plain sentence and a hint, and repeats nothing.
#[test]
fn errors_repeat_nothing_from_outside() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let app = phone.app();
    let never = CancelToken::new();
    let mut errors: Vec<PlainchartError> = Vec::new();
    for base in [
        format!("https://{MARK}.invalid/fhir?token={MARK}"),
        format!("http://{MARK}.example/fhir"),
        format!("{MARK} is not an address"),
        format!("ftp://{MARK}@host/{MARK}"),
        format!("{}/{MARK}", fernway.origin()),
    ] {
        errors.extend(wait(app.begin_sign_in(&phone.request(&base), &never)).err());
    }
    let mut request = phone.request(&fernway.base());
    request.redirect_uri = format!("{MARK}\u{0}");
    errors.extend(wait(app.begin_sign_in(&request, &never)).err());
    errors.extend(phone.complete(&format!("org.plainchart.app:/callback?state={MARK}&code={MARK}")).err());
    errors.extend(app.read_note(&nora, MARK).err());
    errors.extend(app.whose_note(MARK).err());
    errors.extend(app.find_person(MARK).err());
    errors.extend(app.import(std::path::Path::new(MARK), None, Arc::new(Quiet), &never).err());
    let confirmation = Confirmation { patient: MARK.to_owned(), relation: Relation::Own, person: None };
    errors.extend(app.confirm(MARK, &confirmation).err());
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    errors.extend(app.confirm(&offer.id, &confirmation).err());
    errors.extend(plainchart::define("", None).err());
    assert_eq!(errors.len(), 14, "{errors:?}");
    for error in &errors {
        let shown = format!("{error:?} {error} {} {} {}", error.code(), error.sentence(), error.hint());
        assert!(!shown.contains(MARK) && !shown.contains("127.0.0.1"), "{shown}");
        assert!(error.sentence().ends_with('.') && !error.hint().is_empty() && error.exit_code() > 0);
        assert!(error.code().chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.' || c.is_ascii_digit()));
    }
}
