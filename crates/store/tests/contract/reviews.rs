//! Questions to people.

use domain::appointment::Actor;
use domain::review::ReviewCode;
use domain::timeline::What;
use domain::*;
use store::*;

use crate::world::*;

fn ask(
    questions: &'static [(ReviewCode, &'static str)],
) -> impl Fn(&mut Case) -> Result<(), Abort> + Send + Sync {
    move |case| {
        case.questions = questions.iter().map(|(code, text)| (*code, (*text).to_owned())).collect();
        Ok(())
    }
}

pub async fn a_question_is_open_once_and_closes_with_its_cause(place: Place) {
    let store = place.store().await;
    let salon = Salon::open(&store, "a").await;
    let id = salon.booked(slot(0, 30)).await;
    let apply = async |at, questions| {
        store.apply(salon.id(), id, Change::at(at), ask(questions)).await.unwrap();
        store.reviews_open(salon.id(), 10).await.unwrap()
    };
    let both: &'static [_] = &[(ReviewCode::Refused, "eins"), (ReviewCode::Conflict, "zwei")];
    assert_eq!(apply(later(1), both).await.len(), 2);
    let open = apply(later(2), &[(ReviewCode::Refused, "drei")]).await;
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].message.as_str(), open[0].opened_at, open[0].updated_at),
        ("drei", later(1), later(2))
    );

    let user = UserId(crate::world::id());
    let by = Actor { origin: Origin::Admin, user_id: Some(user), via: None };
    assert!(store.close_review(salon.id(), open[0].id, by.clone(), later(3)).await.unwrap());
    assert!(!store.close_review(salon.id(), open[0].id, by.clone(), later(4)).await.unwrap());
    assert!(store.reviews_open(salon.id(), 10).await.unwrap().is_empty());
    // The cause stays: the next change asks anew, in the same second and with another id.
    let again = apply(later(3), &[(ReviewCode::Refused, "vier")]).await;
    assert_eq!(again.len(), 1);
    assert_ne!(again[0].id, open[0].id);
    assert!(apply(later(5), &[]).await.is_empty());

    let history = store.history(salon.id(), id).await.unwrap();
    assert_eq!(history.reviews.len(), 3);
    assert!(history.reviews.iter().all(|review| review.closed_at.is_some()));
    let told: Vec<_> = history.entries.iter().map(|entry| (&entry.actor.origin, &entry.what)).collect();
    let (opened, closed) = (|code| What::ReviewOpened { code }, |code| What::ReviewClosed { code });
    assert_eq!(
        told[1..],
        [
            (&Origin::System, &opened(ReviewCode::Refused)),
            (&Origin::System, &opened(ReviewCode::Conflict)),
            (&Origin::System, &closed(ReviewCode::Conflict)),
            (&Origin::Admin, &closed(ReviewCode::Refused)),
            (&Origin::System, &opened(ReviewCode::Refused)),
            (&Origin::System, &closed(ReviewCode::Refused)),
        ]
    );
    assert_eq!(history.entries[4].actor, by);
}
