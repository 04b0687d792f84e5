//! A procedure as one page for a printer: self-contained, without a script, and with nothing of others' HTML in it.

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd};

use super::outline::{options, path};
use super::write::{Block, Page};
use super::{list, words};
use crate::document::draft::{Draft, Wanted};
use crate::document::schema::procedure::{AUTHORS, CONTROLS, STEPS};
use crate::document::value::Value;
use crate::printable::html as escaped;

/// Bytes of a picture with their media type.
pub type Picture = (&'static str, Vec<u8>);

const STYLE: &str = "\
@page{size:A4;margin:18mm 16mm}\
*{box-sizing:border-box}\
body{font:11pt/1.45 system-ui,sans-serif;color:#111;max-width:178mm;margin:0 auto;padding:8mm 0}\
h1{font-size:20pt;margin:0 0 2mm}h2{font-size:14pt;margin:7mm 0 2mm;border-bottom:.3mm solid #999}h3{font-size:12pt;margin:5mm 0 1mm}\
h1,h2,h3,h4,h5,h6{break-after:avoid}li,tr,figure{break-inside:avoid}\
dl.about{display:grid;grid-template-columns:max-content 1fr;gap:.5mm 4mm;font-size:9pt;margin:0 0 5mm;color:#333}dd{margin:0}\
img{max-width:100%;max-height:110mm}pre{white-space:pre-wrap;border:.2mm solid #bbb;padding:2mm;font-size:9pt}\
table{border-collapse:collapse;width:100%;font-size:10pt}td,th{border:.2mm solid #999;padding:1mm 2mm;text-align:left;vertical-align:top}\
ol.steps{padding-left:9mm}ol.steps>li{margin:0 0 3mm}ol.steps>li::marker{font-weight:bold}\
ul.controls{list-style:none;padding:0}ul.controls>li{padding-left:9mm;position:relative;margin:0 0 2mm}\
.box{position:absolute;left:1mm;top:.7mm;width:4mm;height:4mm;border:.4mm solid #111;display:inline-block;text-align:center;line-height:3.2mm;font-size:9pt}\
.more{font-size:9pt;color:#333}.absent{border:.2mm dashed #999;padding:.5mm 1mm}footer{font-size:8pt;color:#555;border-top:.2mm solid #999;margin-top:8mm}\
@media print{body{padding:0;max-width:none}}";

/// The page of a procedure as HTML. `picture` gives the bytes of a picture beside the page, when they are here; `about`
/// is said below the title, each with its name, and `foot` at the end.
pub fn html(
    draft: &Draft,
    picture: &dyn Fn(&str) -> Option<Picture>,
    about: &[(String, String)],
    foot: &str,
) -> String {
    let page = Page::of(draft);
    let title = page.field("title");
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        escaped(&language(&page)),
        escaped(&title),
        inline(&title, picture),
    );
    out += "<dl class=\"about\">\n";
    let authors: Vec<String> =
        page.items(AUTHORS).map(|a| said(a, "name")).filter(|n| !n.is_empty()).collect();
    let fields = [
        ("version", page.field("version")),
        ("licence", page.field("licence")),
        ("authors", authors.join(", ")),
    ];
    for (name, value) in fields
        .iter()
        .map(|(n, v)| (*n, v.as_str()))
        .chain(about.iter().map(|(n, v)| (n.as_str(), v.as_str())))
    {
        if !value.is_empty() {
            out += &format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value));
        }
    }
    out += "</dl>\n";
    for block in page.blocks() {
        // The title stands above already.
        if block.level > 0 && !(block.level == 1 && block.heading == title) {
            let level = block.level.clamp(1, 6);
            out += &format!("<h{level}>{}</h{level}>\n", inline(&block.heading, picture));
        }
        out += &markdown(&block.before, picture);
        items(&block, &page, picture, &mut out);
        out += &markdown(&block.after, picture);
    }
    if !foot.is_empty() {
        out += &format!("<footer>{}</footer>\n", escaped(foot));
    }
    out + "</body>\n</html>\n"
}

fn items(block: &Block<'_>, page: &Page<'_>, picture: &dyn Fn(&str) -> Option<Picture>, out: &mut String) {
    let Some((list, form, items)) = &block.list else { return };
    if let Some(table) = super::table::write(list, form, items, page.language).filter(|_| *list != CONTROLS) {
        *out += &markdown(&table, picture);
        return;
    }
    let (open, close) = match *list {
        STEPS => {
            let start = list::Form::read(form, list).start;
            (format!("<ol class=\"steps\" start=\"{start}\">\n"), "</ol>\n")
        }
        CONTROLS => ("<ul class=\"controls\">\n".to_owned(), "</ul>\n"),
        _ => ("<ul>\n".to_owned(), "</ul>\n"),
    };
    *out += &open;
    for item in items {
        let mark = match (*list, item.get("checked")) {
            (CONTROLS, Some(Value::Boolean(true))) => "<span class=\"box\">✓</span>",
            (CONTROLS, _) => "<span class=\"box\"></span>",
            _ => "",
        };
        *out += &format!("<li>{mark}");
        let title = said(item, "title");
        if !title.is_empty() {
            *out += &format!("<strong>{}</strong> ", inline(&title, picture));
        }
        let text = said(item, list::main_field(list));
        *out += &markdown(&text, picture);
        let shown = said(item, "picture");
        if !shown.is_empty() && list::picture(&text).as_deref() != Some(shown.as_str()) {
            *out += &markdown(&format!("![]({})", list::linked(&shown)), picture);
        }
        let own = [list::main_field(list), "title", "picture", "section", "checked"];
        let more: Vec<String> = item
            .iter()
            .filter(|(name, value)| !own.contains(&name.as_str()) && **value != Value::Nothing)
            .map(|(name, value)| {
                let label = words::label(list, name, page.language).unwrap_or(name);
                format!("{}: {}", escaped(label), inline(&value.to_string(), picture))
            })
            .collect();
        if !more.is_empty() {
            *out += &format!("<div class=\"more\">{}</div>", more.join(" · "));
        }
        *out += "</li>\n";
    }
    *out += close;
}

fn language(page: &Page<'_>) -> String {
    let said = page.field("language");
    if said.is_empty() { "en".to_owned() } else { said }
}

fn said(fields: &Wanted, name: &str) -> String {
    fields.get(name).map(ToString::to_string).unwrap_or_default()
}

/// Markdown as HTML without its paragraph, for a heading.
fn inline(text: &str, picture: &dyn Fn(&str) -> Option<Picture>) -> String {
    let html = markdown(text, picture);
    let one = html.trim().strip_prefix("<p>").and_then(|h| h.strip_suffix("</p>"));
    one.filter(|one| !one.contains("<p>")).map_or_else(|| html.clone(), str::to_owned)
}

/// Markdown as HTML: HTML in it is shown as text, links lead to the web only, pictures are embedded or named.
fn markdown(text: &str, picture: &dyn Fn(&str) -> Option<Picture>) -> String {
    let mut events: Vec<Event<'_>> = Vec::new();
    // Inside a link that is not made, and inside a picture that is not here, the words stay.
    let mut links: Vec<bool> = Vec::new();
    let mut pictures: Vec<bool> = Vec::new();
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => events.push(Event::Text(html)),
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let good = is_web(&dest_url);
                links.push(good);
                if good {
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    events.push(Event::End(TagEnd::Link));
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let here = path(&dest_url).and_then(Result::ok).and_then(|path| picture(path.as_str()));
                pictures.push(here.is_some());
                match here {
                    Some((media, bytes)) => {
                        let dest_url = CowStr::from(format!("data:{media};base64,{}", base64(&bytes)));
                        events.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                    }
                    None => events.push(Event::InlineHtml(CowStr::from(format!(
                        "<span class=\"absent\">▣ {} ",
                        escaped(&dest_url)
                    )))),
                }
            }
            Event::End(TagEnd::Image) => events.push(if pictures.pop() == Some(true) {
                Event::End(TagEnd::Image)
            } else {
                Event::InlineHtml(CowStr::from("</span>"))
            }),
            Event::TaskListMarker(checked) => {
                events.push(Event::Text(CowStr::from(if checked { "☑ " } else { "☐ " })));
            }
            event => events.push(event),
        }
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    html
}

fn is_web(link: &str) -> bool {
    let link = link.trim().to_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|begins| link.starts_with(begins))
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4_usize {
            let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
            let sign = SIGNS.get(index).copied().map_or('=', char::from);
            text.push(if place > three.len() { '=' } else { sign });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_become_base64() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(super::base64(bytes.as_bytes()), text);
        }
    }
}
