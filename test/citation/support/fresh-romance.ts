import type { Planted } from "./planted.ts";

/** Written before any of it was run: about other things, in other words. */
export const FRESH_FRENCH: Planted = {
  language: "French",
  sources: [
    {
      number: 1,
      title: "Le théâtre des Halles",
      text: `Le théâtre des Halles a ouvert le 4 mars 1926 et compte 780 places. L'architecte Hélène Garnot a dirigé sa rénovation, achevée en 2014 pour 17,5 millions d'euros. La salle n'est pas climatisée. En 2023, le théâtre a accueilli 96 000 spectateurs, soit plus qu'en 2022. La ville a refusé de vendre le bâtiment au groupe Lumina. Une seconde salle pourrait ouvrir en 2029. Les photographies sont interdites pendant les spectacles. « Le public nous a sauvés », a dit le directeur Marc Vasseur.`,
    },
    {
      number: 2,
      title: "Loups du massif",
      text: `Les scientifiques ont compté 54 loups dans le massif en 2021, contre 39 en 2018. Aucun troupeau n'a été attaqué dans la vallée nord. Les loups y vivent moins longtemps que dans le sud. L'étude a été conduite par Inès Bouvier et financée par la région. Une meute occupe environ 200 kilomètres carrés.`,
    },
  ],
  sentences: [
    ["true", 1, "Le théâtre, ouvert le 4/3/1926, a sept cent quatre-vingts places."],
    ["true", 1, "La rénovation s'est terminée en 2014 et a coûté 17,5 M€."],
    ["true", 1, "La salle n'a pas de climatisation."],
    ["true", 1, "La municipalité n'a pas vendu le bâtiment à Lumina."],
    ["true", 1, "Il est interdit de photographier pendant les spectacles."],
    ["true", 2, "Le nombre de loups est passé de 39 en 2018 à 54 en 2021."],
    ["true", 2, "Inès Bouvier a conduit l'étude, que la région a financée."],
    ["number", 1, "Le théâtre compte 870 places."],
    ["number", 2, "Les scientifiques ont compté 39 loups en 2021."],
    ["date", 1, "Le théâtre a ouvert le 4 mai 1926."],
    ["unit", 2, "Une meute occupe environ 200 hectares."],
    ["unit", 1, "La rénovation a coûté 17,5 millions de francs."],
    ["name", 1, "L'architecte Hélène Garnier a dirigé la rénovation."],
    ["negated", 1, "La salle est climatisée."],
    ["negated", 1, "La ville a accepté de vendre le bâtiment au groupe Lumina."],
    ["negated", 2, "Des troupeaux ont été attaqués dans la vallée nord."],
    ["negated", 1, "Les photographies sont autorisées pendant les spectacles."],
    ["comparison", 1, "En 2023, le théâtre a accueilli moins de spectateurs qu'en 2022."],
    ["comparison", 2, "Les loups vivent plus longtemps dans le nord que dans le sud."],
    ["exaggerated", 1, "Une seconde salle ouvrira en 2029."],
    ["quote", 1, "« Le public nous a quittés », a dit Marc Vasseur."],
    ["merged", 1, "Inès Bouvier a dirigé la rénovation du théâtre."],
    ["absent", 2, "Les ours ont disparu du massif au XIXe siècle."],
  ],
};

/** Written before any of it was run: about other things, in other words. */
export const FRESH_SPANISH: Planted = {
  language: "Spanish",
  sources: [
    {
      number: 1,
      title: "El tranvía de Valdeluz",
      text: `El tranvía de Valdeluz empezó a circular el 15 de enero de 2012. La línea mide 11,4 kilómetros y tiene dieciocho paradas. Costó 236 millones de euros. En 2023 transportó a 4,1 millones de viajeros, más que en 2019. No circula por la noche. El ayuntamiento rechazó prolongar la línea hasta el aeropuerto. Podría haber tranvías sin conductor en 2030. La ingeniera Lucía Robles dirigió las obras; la empresa Ferrovía del Norte fabricó los vagones. Está prohibido fumar en los andenes. «El tranvía ha unido dos barrios», afirmó Robles.`,
    },
  ],
  sentences: [
    ["true", 1, "El tranvía circula desde el 15/01/2012."],
    ["true", 1, "La línea tiene 18 paradas y 11,4 km de longitud."],
    ["true", 1, "Por la noche no hay servicio: el tranvía no circula."],
    ["true", 1, "Las obras fueron dirigidas por la ingeniera Lucía Robles."],
    ["true", 1, "No se puede fumar en los andenes."],
    ["true", 1, "El tranvía costó doscientos treinta y seis millones de euros."],
    ["number", 1, "La línea tiene ochenta paradas."],
    ["number", 1, "En 2023 transportó a 41 millones de viajeros."],
    ["date", 1, "El tranvía empezó a circular el 15 de junio de 2012."],
    ["unit", 1, "La línea mide 11,4 millas."],
    ["unit", 1, "Costó 236 millones de pesetas."],
    ["name", 1, "Los vagones los fabricó la empresa Metálica del Sur."],
    ["negated", 1, "El tranvía circula por la noche."],
    ["negated", 1, "El ayuntamiento aprobó prolongar la línea hasta el aeropuerto."],
    ["negated", 1, "Se permite fumar en los andenes."],
    ["comparison", 1, "En 2023 transportó a menos viajeros que en 2019."],
    ["exaggerated", 1, "En 2030 todos los tranvías circularán sin conductor."],
    ["swapped", 1, "La empresa Ferrovía del Norte dirigió las obras y Lucía Robles fabricó los vagones."],
    ["quote", 1, "Robles afirmó: «El tranvía ha separado dos barrios»."],
    ["absent", 1, "Los billetes se compran con una aplicación del móvil."],
  ],
};
