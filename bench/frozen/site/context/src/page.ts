import { format } from "date-fns";

const place = document.getElementById("today");
if (place) place.textContent = format(new Date(), "yyyy-MM-dd");
