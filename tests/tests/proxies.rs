//! Whose chart it is, and who reads it: what the hospital verified is stronger than what is tapped.

use plainchart::{Basis, Confirmation, Reader, Relation};
use plainchart_sandbox::{IdTokenHabit, Profile};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, hospital};

/// Proves A8, N4: a caregiver's verified sign-in does not become the patient's own by a tap on "this is me".
#[test]
fn a_verified_caregiver_is_not_the_patient() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "ivo").unwrap();
    assert_eq!(offer.candidates[0].is_reader, Some(false));
    let claim = Confirmation { patient: hospital::IVO.into(), relation: Relation::Own, person: None };
    if let Ok(connected) = phone.app().confirm(&offer.id, &claim) {
        let ivo = plainchart::PersonId::try_from(connected.person.id).unwrap();
        phone.sync(&ivo).unwrap();
        assert_ne!(phone.app().person(&ivo).unwrap().reader, Reader::Own);
        assert!(phone.find(&ivo, "Dovecrag").is_none(), "the private note is open to the caregiver");
    }
    let fernway = hospital::small_with(Profile { id_token: IdTokenHabit::Absent, ..Profile::default() });
    let phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "ivo", "").unwrap();
    let ivo = phone.confirm(&offer, hospital::IVO, Relation::Own);
    assert_eq!(
        phone.app().person(&ivo).unwrap().reader,
        Reader::Own,
        "where nobody was verified, the reader's word holds"
    );
}

/// Proves A8, P2: a verified helper who signs in again and says "this is me" stays a helper; who owns a chart stays its owner.
#[test]
fn a_second_sign_in_widens_nothing() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let helper = phone.helper();
    let ivo = phone.connect(&fernway, "nora", "ivo", helper);
    phone.sync(&ivo).unwrap();
    let offer = phone.sign_in(&fernway, "nora", "ivo").unwrap();
    let claim = Confirmation { patient: hospital::IVO.into(), relation: Relation::Own, person: None };
    let _ = phone.app().confirm(&offer.id, &claim);
    phone.sync_full(&ivo).unwrap();
    assert!(matches!(phone.app().person(&ivo).unwrap().reader, Reader::Helper { .. }));
    assert!(phone.find(&ivo, "Dovecrag").is_none());
    assert_eq!(phone.app().people().unwrap().len(), 1);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    let again = phone.connect(&fernway, "nora", "", Relation::Own);
    assert_eq!(nora, again);
    assert_eq!(phone.app().person(&nora).unwrap().reader, Reader::Own);
}

/// Proves A8, A6: one sign-in that reaches two people makes two charts; their tokens outlive many refreshes.
#[test]
fn one_sign_in_for_two_people() {
    let fernway = hospital::small_with(Profile { patient_in_token: false, ..Profile::default() });
    let mut phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    let candidates: Vec<&str> = offer.candidates.iter().map(|candidate| candidate.patient.as_str()).collect();
    if candidates.len() == 1 {
        // The verified reader is a patient here: it is her own chart, and there is nothing to pick.
        assert_eq!(candidates, [hospital::NORA]);
        return;
    }
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    let helper = phone.helper();
    let ivo = phone.confirm(&offer, hospital::IVO, helper);
    outlives_refreshes(&mut phone, &fernway, &nora, &ivo);
}

/// Proves A8, A6: the same where the hospital does not say who signed in: everyone it lists can be picked.
#[test]
fn one_anonymous_sign_in_for_two_people() {
    let fernway =
        hospital::small_with(Profile { patient_in_token: false, id_token: IdTokenHabit::Absent, ..Profile::default() });
    let mut phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    assert_eq!(offer.candidates.len(), 2, "the reader picks");
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    let helper = phone.helper();
    let ivo = phone.confirm(&offer, hospital::IVO, helper);
    outlives_refreshes(&mut phone, &fernway, &nora, &ivo);
}

/// Rotation ends a family when an old token comes again: two charts of one grant must not each keep a copy.
fn outlives_refreshes(
    phone: &mut Phone,
    fernway: &plainchart_sandbox::Sandbox,
    nora: &plainchart::PersonId,
    ivo: &plainchart::PersonId,
) {
    for round in 0..3 {
        for person in [nora, ivo, nora] {
            let synced = phone.sync(person);
            assert!(synced.is_ok(), "round {round}: {synced:?}");
            phone.clock.advance(3_600_000);
        }
        phone.reopen();
    }
    assert_eq!(chart::differences(phone, nora, fernway, hospital::NORA), [""; 0]);
    assert!(phone.find(ivo, "Dovecrag").is_none() && phone.find(ivo, "sports physical").is_some());
    assert!(phone.find(nora, "sports physical").is_none());
}

/// Proves A8, A11: erasing or signing out one of two people of one sign-in leaves the other's access alone.
#[test]
fn one_of_two_people_goes() {
    for erase in [true, false] {
        let fernway = hospital::small_with(Profile {
            patient_in_token: false,
            id_token: IdTokenHabit::Absent,
            ..Profile::default()
        });
        let phone = Phone::for_hospital(&fernway);
        let offer = phone.sign_in(&fernway, "nora", "").unwrap();
        let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
        let ivo = phone.confirm(&offer, hospital::IVO, Relation::Helper { basis: Basis::Helper, until_ms: None });
        phone.sync(&nora).unwrap();
        phone.sync(&ivo).unwrap();
        match erase {
            true => phone.app().erase(&ivo).unwrap(),
            false => plainchart_tests::phone::wait(phone.app().sign_out(&ivo)).unwrap(),
        }
        phone.clock.advance(3_600_000);
        phone.sync(&nora).unwrap();
    }
}
