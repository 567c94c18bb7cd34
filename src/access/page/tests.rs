use super::Page;

#[test]
fn fields_are_known_by_their_names_and_labels() {
    let page = Page::read(
        r#"<!doctype html><title>Sign &amp; in</title><!-- <form> --><script>"<form>"</script>
        <FORM action='/login?a=1&amp;b=2' method=POST>
          <input type=hidden name=csrf value="&#x61;&#98;c">
          <label for="u">User name</label><input id="u" name="user">
          <label>Word <input type="password" name="word"></label>
          <input type=checkbox name=keep checked><textarea name=note>a <b></textarea>
          <select name=who><option value=1>One<option selected value=2>Two</select>
          <button name=go value=yes>Sign <b>in</b></button>
        </FORM>"#,
    );
    assert_eq!((page.title.as_str(), page.forms.len()), ("Sign & in", 1));
    let form = &page.forms[0];
    assert_eq!(form.action.as_deref(), Some("/login?a=1&b=2"));
    let seen: Vec<[&str; 3]> = form
        .fields
        .iter()
        .map(|field| [&*field.name, &*field.label, &*field.value])
        .collect();
    assert_eq!(
        seen,
        [
            ["csrf", "", "abc"],
            ["user", "User name", ""],
            ["word", "Word", ""],
            ["keep", "", "on"],
            ["note", "", "a <b>"],
            ["who", "", "2"],
            ["go", "Sign in", "yes"],
        ]
    );
}

#[test]
fn any_text_is_a_page() {
    for text in [
        "",
        "<",
        "<<<<",
        "</",
        "</>",
        "<a",
        "<a b=",
        "<a b='",
        "<!--",
        "<!",
        "<?",
        "<form><input",
        "&",
        "&#;",
        "&#x110000;",
        "&é;",
        "<form></form></form>",
        "</option></select>",
        "<option>",
        "<title>",
        "<textarea>",
        "<É>",
        "<a É='é",
        "<script>",
        "<form><select><option>",
    ] {
        Page::read(text);
        Page::read(&text.repeat(3));
    }
    let many = Page::read(&format!("<form>{}", "<input name=a>".repeat(100_000)));
    assert_eq!(many.forms[0].fields.len(), 500);
    let started = std::time::Instant::now();
    for hostile in [
        "<!--",
        "<a '",
        "<script>",
        "<a b='",
        "&#1",
        "<form><label>",
        "</a",
    ] {
        Page::read(&hostile.repeat(300_000));
    }
    assert!(started.elapsed().as_secs() < 20);
}
