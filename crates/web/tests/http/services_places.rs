//! Where a service takes place, in its form: entered, refused with what was typed, and kept where the form cannot say it.

use domain::appointment::{Actor, Origin};
use domain::catalogue::Place;
use domain::people::Role;
use domain::service::Terms;
use engine::services::{ServiceAct, ServiceEdit};
use serde_json::json;

use crate::browser::{Browser, Page};
use crate::world::World;

#[tokio::test]
async fn places_are_entered_refused_and_kept_in_the_form() {
    let world = World::new().await;
    let (salon, id) = (world.salon.id, world.salon.colour);
    let zoom = Place::Other(r#"{"type":"integration","integration":"zoom"}"#.to_owned());
    let two_lines = Place::Address("Kastanienallee 12\n10435 Berlin".to_owned());
    let places = vec![two_lines.clone(), zoom.clone()];
    let edit = ServiceEdit { terms: Some(Terms { places, ..Terms::default() }), ..ServiceEdit::default() };
    let act = ServiceAct::Edit(Box::new(edit));
    world.engine.act_on_service(salon, id, act, Actor::of(Origin::Admin), None).await.unwrap();
    let places = async || world.engine.store.service(salon, id).await.unwrap().terms.places;

    let admin = Browser::of(&world, &world.salon, Role::Admin).await;
    let edit = format!("/services/{id}/edit");
    let values = |page: &Page, name: &str| -> Vec<String> {
        let all = page.all(&format!("main [name={name}]"));
        all.iter().map(|it| it.value().attr("value").unwrap_or_default().to_owned()).collect()
    };
    // The fields of the form as it was filled, with these places instead.
    let send = async |places: &[(&str, &str)], removed: &[&str]| {
        let form = Page::of(&admin.get(&edit).await);
        let value = |name: &str| values(&form, name).remove(0);
        let names = ["version", "was", "name", "slug", "duration_minutes", "price"];
        let known: Vec<_> = names.into_iter().map(|name| (name, value(name))).collect();
        let mut fields: Vec<_> = known.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("active", "true"), ("online", "true")]);
        for (kind, value) in places {
            fields.extend([("place_kind", *kind), ("place_value", *value)]);
        }
        fields.extend(removed.iter().map(|number| ("place_removed", *number)));
        admin.post(&edit, &fields).await
    };

    // What the form cannot say is shown and kept; so is what nobody touched, to the letter.
    let form = Page::of(&admin.get(&edit).await);
    assert!(form.text(".place-row code").contains("zoom"));
    assert_eq!(form.attribute("#place-kind-1 option[selected]", "value"), "address");
    let shown = values(&form, "place_value");
    assert_eq!(shown.len(), 3, "and a blank row: {shown:?}");
    let kept = [("address", shown[0].as_str()), ("other", &shown[1])];
    assert_eq!(send(&[kept[0], kept[1], ("", "")], &[]).await.status, 303);
    assert_eq!(places().await, [two_lines.clone(), zoom.clone()]);

    // Whatever is wrong is told, and stays as it was typed.
    for (kind, value, told) in [
        ("phone", "bei uns", "Ort 3: Das ist keine vollständige Telefonnummer"),
        ("link", "javascript:alert(1)", "Ort 3: Ein Link beginnt mit https://"),
        ("address", "", "Ort 3: Hier fehlt"),
        ("", "Hinterhof", "Ort 3: Bitte wählen Sie"),
        ("other", r#"{"type":"unknown"}"#, "Ort 3: Bitte wählen Sie"),
    ] {
        let refused = send(&[kept[0], kept[1], (kind, value)], &[]).await;
        let page = Page::of(&refused);
        assert_eq!(refused.status, 422, "{kind} {value}");
        assert!(page.text("#places-error").contains(told), "{}", page.text("#places-error"));
        assert_eq!(values(&page, "place_value")[2], value);
    }
    assert_eq!(places().await, [two_lines.clone(), zoom.clone()]);

    let new = [
        kept[1],
        ("phone", "030 1234567"),
        ("link", "https://meet.example.com/x"),
        ("customers_address", ""),
    ];
    let saved = admin.follow(&send(&new, &[]).await).await;
    assert!(
        saved.text("dl.facts").contains("+49301234567; https://meet.example.com/x"),
        "{}",
        saved.text("dl.facts")
    );
    let phone = Place::Phone("+49301234567".into());
    let link = Place::Link("https://meet.example.com/x".into());
    assert_eq!(places().await, [zoom, phone.clone(), link.clone(), Place::CustomersAddress]);

    // What the form cannot say goes when somebody wants it to, and only then.
    let form = Page::of(&admin.get(&edit).await);
    assert_eq!(form.all("[name=place_removed]").len(), 1);
    assert_eq!(form.attribute("[name=place_removed]", "value"), "1");
    assert_eq!(send(&new, &["1"]).await.status, 303);
    assert_eq!(places().await, [phone, link, Place::CustomersAddress]);

    // Programs are told the same.
    let path = format!("/api/v1/services/{id}");
    let wish = json!({ "locations": [{ "type": "phone", "value": "bei uns" }] });
    let refused = world.change("PATCH", &path, "", wish).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body["errors"][0]["pointer"], "/locations/0/value", "{}", refused.text);
}
