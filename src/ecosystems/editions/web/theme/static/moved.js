// Lead on from a former address, to the same place of the page.
location.replace(document.currentScript.dataset.to + location.search + location.hash);
